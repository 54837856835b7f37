"""What a worker mailed, read as its receiver would."""

import re
from email import message_from_bytes, policy
from pathlib import Path

from tests.ground.processes import eventually


class Mailbox:
    """Mails that the worker sent, as files."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def link_to(self, address: str, about: str = "") -> str:
        """The link in the newest mail to an address that holds these words; waits for one."""
        return self._found(r"https?://\S+", address, about)

    def code_to(self, address: str, about: str = "") -> str:
        """The six digits that stand alone in such a mail; waits for it."""
        return self._found(r"(?<!\w)\d{6}(?!\w)", address, about)

    def _found(self, pattern: str, address: str, about: str) -> str:
        assert eventually(lambda: bool(self._texts(address, about))), f"no mail to {address}"
        found = re.search(pattern, self._texts(address, about)[-1])
        assert found is not None
        return found[0]

    def _texts(self, address: str, about: str) -> list[str]:
        files = sorted(self.folder.glob("*.log"), key=lambda path: path.stat().st_mtime)
        # A file may hold several mails, each ended by a ruled line.
        parts = [part for path in files for part in re.split(rb"\n-{79}\n", path.read_bytes()) if part.strip()]
        mails = [message_from_bytes(part.lstrip(), policy=policy.default) for part in parts]
        texts = [mail.get_content() for mail in mails if address in str(mail["To"])]
        return [text for text in texts if about in text]
