"""Walks a running demo as a visitor and as each of the cast: ``python -m tests.integration.pages URL``."""

import http.cookiejar
import re
import sys
import urllib.error
import urllib.parse
import urllib.request
from collections import deque

# What changes something or ends the walk.
NOT_FOLLOWED = re.compile(r"/logout/|/revoke/|^/static/|^/admin/.*/(change|add|history)/|\?")
# A page whose links lead to what `tests/journeys/test_every_page.py` looks at; here the demo itself is on trial.
LONGEST_WALK = 60


class Visitor:
    """A browser without scripts: cookies, links, one form."""

    def __init__(self, root: str) -> None:
        self.root = root
        self.cookies = http.cookiejar.CookieJar()
        self.opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(self.cookies))

    def get(self, path: str) -> tuple[int, str]:
        """(status, text) of a page, redirects followed."""
        try:
            with self.opener.open(self.root + path, timeout=30) as response:
                return response.status, response.read().decode(errors="replace")
        except urllib.error.HTTPError as error:
            return error.code, ""

    def sign_in(self, who: str) -> None:
        """One click in the demo's cast."""
        _, page = self.get("/demo/")
        token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page)
        assert token, "the demo's page has no form"
        form = urllib.parse.urlencode({"csrfmiddlewaretoken": token[1], "who": who}).encode()
        request = urllib.request.Request(f"{self.root}/demo/sign-in/", form, {"Referer": f"{self.root}/demo/"})  # noqa: S310
        with self.opener.open(request, timeout=30) as response:
            assert response.status == 200

    def walk(self) -> dict[str, int]:
        """The status of every page that is reached from the first one."""
        waiting, seen = deque(["/"]), {"/": 0}
        # Counted by the pages that answered: one long table links to more than that.
        while waiting and len(seen) - len(waiting) < LONGEST_WALK:
            path = waiting.popleft()
            seen[path], page = self.get(path)
            for link in re.findall(r'href="(/[^"#]*)', page):
                if link not in seen and not NOT_FOLLOWED.search(link):
                    seen[link] = 0
                    waiting.append(link)
        return {path: status for path, status in seen.items() if status}


def main(root: str) -> int:
    """0 when every page that a link leads to answers 200, or 403 with the rule that says whose it is."""
    _, page = Visitor(root).get("/demo/")
    cast = re.findall(r'name="who" value="([^"]+)"', page)
    wrong = [] if cast else ["the demo's page names nobody"]
    for who in ["", *cast]:
        visitor = Visitor(root)
        if who:
            visitor.sign_in(who)
        pages = visitor.walk()
        wrong += [
            f"{who or 'visitor'}: {path} answers {status}" for path, status in pages.items() if status not in (200, 403)
        ]
        refused = sum(status == 403 for status in pages.values())
        sys.stdout.write(f"{who or 'visitor'}: {len(pages)} pages, {refused} refused\n")
    sys.stdout.writelines(f"{line}\n" for line in wrong)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
