"""A member's own hours on the pages: logged, previewed, refused with what was typed kept, changed, thrown away."""

from datetime import date, timedelta
from typing import Any

import pytest

from members.services import memberships
from tests.cast import AT, DAY, Cast
from tests.charter.history import amend
from tests.treasury.books import approved, grant, run_month, sent, work
from tests.treasury.pages.conftest import SignIn
from tests.treasury.pages.reading import HTMX, announced, source, text, title
from treasury.models import Claim
from treasury.services import claims

pytestmark = pytest.mark.django_db
LOG = "/claims/hours/log/"
AMOUNT = "/claims/hours/amount/"


def hours(**changes: Any) -> dict[str, Any]:
    """What somebody types."""
    return {
        "worked_on": "2026-11-19",
        "hours": "1.5",
        "project": "Grant Portal",
        "description": "Moderated the assessment",
        "evidence_url": "https://code.example/88",
    } | changes


def draft(cast: Cast) -> Claim:
    """A draft of chen's."""
    return claims.log(work=work(), by=cast.chen, at=AT)


def test_hours_are_sent(cast: Cast, sign_in: SignIn) -> None:
    answer = sign_in("chen").post(LOG, hours(send="1"), follow=True)
    assert answer.redirect_chain == [("/claims/#log", 302)]
    made = Claim.objects.get()
    assert (made.member, made.status, made.worked_on) == (cast.chen, "pending", date(2026, 11, 19))
    assert (made.hours_centi, made.project, made.evidence_url) == (150, "Grant Portal", "https://code.example/88")
    assert (made.description, made.submitted_at) == ("Moderated the assessment", AT)
    assert f"{made.reference} is sent and waits for a decision." in text(answer)


def test_hours_are_saved_as_a_draft_that_nobody_else_sees(cast: Cast, sign_in: SignIn) -> None:
    answer = sign_in("chen").post(LOG, hours(evidence_url=""), follow=True)
    made = Claim.objects.get()
    assert made.status == "draft"
    assert f"{made.reference} is saved as a draft. Nobody else sees it." in text(answer)
    assert sign_in("chen").get(f"/claims/{made.reference}/").status_code == 200
    for who in ("lin", "bo"):
        assert sign_in(who).get(f"/claims/{made.reference}/").status_code == 404
        assert "Moderated" not in text(sign_in(who).get("/claims/"))


def test_htmx_gets_the_log_with_an_empty_form(cast: Cast, sign_in: SignIn) -> None:
    answer = sign_in("chen").post(LOG, hours(send="1"), headers=HTMX)
    assert source(answer).lstrip().startswith('<section class="sect-gap" id="log"')
    assert announced(answer) == f"{Claim.objects.get().reference} is sent and waits for a decision."
    assert "Moderated the assessment" in text(answer)
    assert 'name="hours" inputmode="decimal"' in source(answer)
    assert 'value="1.5"' not in source(answer)
    assert "2026-11-20" in source(answer)


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"hours": ""}, "Hours: Enter the hours as a number above 0"),
        ({"hours": "0"}, "Hours: Enter the hours as a number above 0"),
        ({"hours": "24.01"}, "Hours: Enter the hours as a number above 0"),
        ({"hours": "1.005"}, "Hours: Enter the hours as a number above 0"),
        ({"hours": "NaN"}, "Hours: Enter the hours as a number above 0"),
        ({"hours": "1,5"}, "Hours: Enter the hours as a number above 0"),
        ({"worked_on": ""}, "Day: Enter the day."),
        ({"worked_on": "soon"}, "Day: Enter the day like 2026-11-20."),
        ({"worked_on": "2026-11-21"}, "Day: This day has not come yet."),
        ({"worked_on": "2025-12-31"}, "Day: chen was no member on 2025-12-31."),
        ({"worked_on": "0001-01-01"}, "Day: chen was no member on 0001-01-01."),
        ({"worked_on": "9999-12-31"}, "Day: This day has not come yet."),
        ({"project": "  "}, "Project: Say which project the work was for"),
        ({"project": "x" * 121}, "Project: Say which project the work was for"),
        ({"project": "a\x00b"}, "Project: Null characters are not allowed."),
        ({"description": ""}, "What you did: Say in a few words what you did"),
        ({"description": "x" * 2001}, "What you did: Say in a few words what you did"),
        ({"evidence_url": "javascript:alert(1)"}, "Link that shows it: Enter a link that begins with https://"),
        ({"evidence_url": "//code.example/1"}, "Link that shows it: Enter a link that begins with https://"),
    ],
)
def test_what_is_wrong_is_said_and_kept(cast: Cast, sign_in: SignIn, changes: dict[str, str], says: str) -> None:
    data = hours(send="1", **changes)
    answer = sign_in("chen").post(LOG, data)
    assert answer.status_code == 422
    assert title(answer).startswith("Error: ")
    assert "One answer needs a change" in text(answer)
    assert says in text(answer)
    assert source(answer).count('aria-invalid="true"') == 1
    for name in {"project", "evidence_url"} - set(changes):
        assert f'value="{data[name]}"' in source(answer)
    assert not Claim.objects.exists()
    partial = sign_in("chen").post(LOG, data, headers=HTMX)
    assert (partial.status_code, "<html" in source(partial)) == (422, False)
    assert says in text(partial)


def test_everything_wrong_is_said_at_once(cast: Cast, sign_in: SignIn) -> None:
    data = {"worked_on": "2027-01-01", "hours": "25", "project": "", "description": "", "evidence_url": "no"}
    answer = sign_in("chen").post(LOG, data)
    assert "5 answers need a change" in text(answer)
    assert source(answer).count('aria-invalid="true"') == 5
    for name, value in (("hours", "25"), ("evidence_url", "no"), ("worked_on", "2027-01-01")):
        assert f'name="{name}" value="{value}"' in source(answer)
    anchors = ("#id_worked_on", "#id_hours", "#id_project", "#id_description", "#id_evidence_url")
    places = [source(answer).index(f'<a href="{anchor}">') for anchor in anchors]
    assert places == sorted(places)


def test_an_empty_form_names_every_needed_field(cast: Cast, sign_in: SignIn) -> None:
    assert "4 answers need a change" in text(sign_in("chen").post(LOG, {}))


@pytest.mark.parametrize("who", ["mira", "noor", "otto"])
def test_only_members_log_hours(cast: Cast, sign_in: SignIn, who: str) -> None:
    for path in (LOG, AMOUNT):
        assert sign_in(who).post(path, hours()).status_code == 403
    assert not Claim.objects.exists()


def test_a_visitor_signs_in_and_comes_back_to_the_form(cast: Cast, sign_in: SignIn) -> None:
    assert sign_in("").post(LOG, hours())["Location"] == f"/accounts/login/?next={LOG}"
    assert sign_in("chen").get(LOG)["Location"] == "/claims/#log"


def test_the_amount_is_worked_out_while_typing(cast: Cast, sign_in: SignIn) -> None:
    answer = sign_in("chen").post(AMOUNT, {"worked_on": "2026-11-19", "hours": "1.5"}, headers=HTMX)
    assert text(answer) == "1.5 h × 60 = 90: 90 U § 7.1.2.3"
    assert not Claim.objects.exists()


def test_the_amount_follows_the_charter_of_the_day(cast: Cast, sign_in: SignIn) -> None:
    amend(date(2026, 11, 1), {"pow.hourly_rate": "61.37", "pow.lxp_share": "10%", "lxp.per_u": "1.1"})
    old, new = (
        text(sign_in("chen").post(AMOUNT, {"worked_on": day, "hours": "2"})) for day in ("2026-10-31", "2026-11-01")
    )
    assert old == "2 h × 60 = 120: 120 U § 7.1.2.3"
    assert new == "2 h × 61.37 = 122.74: 110.466 U + 13.5014 LXP § 7.1.2.3"


@pytest.mark.parametrize("data", [{}, {"hours": "x", "worked_on": "2026-11-19"}, {"hours": "1", "worked_on": "x"}])
def test_what_cannot_be_read_has_no_amount(cast: Cast, sign_in: SignIn, data: dict[str, str]) -> None:
    answer = sign_in("chen").post(AMOUNT, data, headers=HTMX)
    assert (answer.status_code, "What it comes to stands here once day and hours are typed." in text(answer)) == (
        200,
        True,
    )


def test_earlier_projects_are_offered(cast: Cast, sign_in: SignIn) -> None:
    sent(cast.bo, project="Bridge")
    sent(cast.chen, project="Portal")
    claims.log(work=work(project="Private plan"), by=cast.bo, at=AT)
    page = source(sign_in("chen").get("/claims/"))
    assert '<option value="Portal"></option><option value="Bridge"></option>' in page
    assert "Private plan" not in page


def test_the_log_shows_each_state(cast: Cast, sign_in: SignIn) -> None:
    grant()
    grant(quarter="2026-Q3")
    approved(cast.chen, cast.lin, worked_on=date(2026, 9, 2), description="Long ago")
    run_month("2026-09")
    approved(cast.chen, cast.lin, description="Not run yet")
    claims.refuse(claim=sent(cast.chen, description="Twice"), reason="Sent before.", by=cast.lin, at=AT)
    sent(cast.chen, description="On its way")
    draft(cast)
    shown = text(sign_in("chen").get("/claims/"))
    assert "8 h logged" not in shown
    assert "6 h logged, 2 h approved" in shown
    for words in (
        "Long ago Portal · C2026Q3-0001 Wed 2 Sep 2026 Approved in a month’s run 2 h 120",
        "Mon 2 Nov Approved comes with the month’s run 2 h 120",
        "Refused Lin Wei: Sent before.",
        "Mon 2 Nov Waiting 2 h 120",
        "Mon 2 Nov Draft 2 h 120",
    ):
        assert words in shown
    # Drafts come first: they wait for their author.
    assert shown.index("Draft 2 h") < shown.index("Waiting 2 h")


def test_the_log_has_pages(cast: Cast, sign_in: SignIn) -> None:
    for number in range(11):
        sent(cast.chen, worked_on=date(2026, 10, 1 + number), description=f"Work {number}.")
    shown = text(sign_in("chen").get("/claims/"))
    assert "Lines 1 to 10 of 11" in shown
    assert "Work 0." not in shown
    assert "Work 0." in text(sign_in("chen").get("/claims/", {"page": "2"}))
    assert sign_in("chen").get("/claims/", {"page": "x"}).status_code == 200


def test_a_draft_is_changed_and_sent(cast: Cast, sign_in: SignIn) -> None:
    made = draft(cast)
    page = source(sign_in("chen").get(f"/claims/{made.reference}/"))
    assert 'value="2026-11-02"' in page
    assert 'name="hours" value="2"' in page
    saved = sign_in("chen").post(f"/claims/{made.reference}/change/", hours(), follow=True)
    assert saved.redirect_chain == [(f"/claims/{made.reference}/", 302)]
    made.refresh_from_db()
    assert (made.hours_centi, made.status) == (150, "draft")
    sign_in("chen").post(f"/claims/{made.reference}/change/", hours(hours="3", send="1"))
    made.refresh_from_db()
    assert (made.hours_centi, made.status) == (300, "pending")


def test_a_draft_that_is_wrong_stays_as_it_was(cast: Cast, sign_in: SignIn) -> None:
    made = draft(cast)
    answer = sign_in("chen").post(f"/claims/{made.reference}/change/", hours(hours="0", project="Half typed"))
    assert answer.status_code == 422
    assert 'value="Half typed"' in source(answer)
    made.refresh_from_db()
    assert (made.hours_centi, made.project) == (200, "Portal")


def test_a_draft_is_thrown_away(cast: Cast, sign_in: SignIn) -> None:
    made = draft(cast)
    answer = sign_in("chen").post(f"/claims/{made.reference}/remove/", follow=True)
    assert "The draft is gone." in text(answer)
    assert not Claim.objects.exists()


def test_what_was_sent_stays(cast: Cast, sign_in: SignIn) -> None:
    made = sent(cast.chen)
    for path in ("change", "remove"):
        answer = sign_in("chen").post(f"/claims/{made.reference}/{path}/", hours())
        assert answer.status_code == 409
        assert "This claim was sent already and stays as it is." in text(answer)
    assert Claim.objects.get().hours_centi == 200


def test_nobody_touches_what_is_another_s(cast: Cast, sign_in: SignIn) -> None:
    hidden, visible = draft(cast), sent(cast.chen)
    for who in ("lin", "bo"):
        for path in ("change", "remove"):
            assert sign_in(who).post(f"/claims/{hidden.reference}/{path}/", hours()).status_code == 404
            answer = sign_in(who).post(f"/claims/{visible.reference}/{path}/", hours())
            assert answer.status_code == 403
            assert "This is another member’s claim." in text(answer).replace("'", "’")
    assert Claim.objects.filter(hours_centi=200).count() == 2


def test_who_left_sends_the_last_hours_and_sees_nothing_else(cast: Cast, sign_in: SignIn) -> None:
    other = sent(cast.bo, description="Moderated the call")
    memberships.declare_exit(member=cast.chen, exited_on=DAY - timedelta(days=1), by="test", at=AT)
    answer = sign_in("chen").get("/claims/")
    assert "What you worked until you left stays owed." in text(answer)
    assert "Moderated the call" not in text(answer)
    assert sign_in("chen").get(f"/claims/{other.reference}/").status_code == 404
    assert sign_in("chen").post(LOG, hours(send="1")).status_code == 302
    late = sign_in("chen").post(LOG, hours(worked_on="2026-11-20", send="1"))
    assert late.status_code == 422
    assert "chen was no member on 2026-11-20." in text(late)
