"""A month on its pages: lines by person, seals, the treasurer's one button, progress, files."""

import csv
import io
import json
import re
from datetime import date

import pytest
from django.test import Client

from journal.models import Job
from journal.services import jobs
from members.models import Member, Membership
from members.services import memberships
from tests.cast import AT, Cast
from tests.treasury.books import approved, broken, grant, run_month
from tests.treasury.pages.conftest import SignIn
from tests.treasury.pages.reading import HTMX, part, source, text
from treasury.models import PayoutLine, PayoutRun
from treasury.rules.months import Month
from treasury.selectors import payouts
from treasury.selectors.pages import months
from treasury.services.payouts import start

pytestmark = pytest.mark.django_db
PAGE = "/treasury/months/2026-10/"
RUN = f"{PAGE}run/"
PROGRESS = f"{PAGE}progress/"


def worked(cast: Cast) -> None:
    """A budget, and two hours of October approved."""
    grant()
    approved(cast.chen, cast.lin, worked_on=date(2026, 10, 5))


def person(answer: object, name: str) -> str:
    """The unfolded row of a person."""
    return part(answer, f"<summary>{name}", "</tr>")


def due_seal() -> str:
    """The seal of what a run over October would post now."""
    return payouts.sum_up(payouts.terms_of(Month(2026, 10))).seal


def finish() -> None:
    """Lets a worker do the open job."""
    Job.objects.filter(finished_at=None).update(due_at=AT)
    assert jobs.run_due() == 1


def test_everybody_reads_each_line_with_its_sentence(cast: Cast, client: Client) -> None:
    worked(cast)
    answer = client.get(PAGE)
    shown = text(answer)
    assert "7 lines are due and not posted: 1,120 U and 1,000 LXP." in shown
    chen = person(answer, "Chen Yu")
    assert "Member’s stipend, October 2026: 200 U Not posted yet" in chen
    assert "31 of 31 days as member × 400 a month ÷ 31, 50 % in U (income.1.2.2, charter edition 1) § 7.1.2.2" in chen
    assert "2 h on 2026-10-05 × 60 an hour, 100 % in U (income.1.2.3, charter edition 1) § 7.1.2.3" in chen
    assert chen.endswith("stipend-member/2026-10/chen/U 3 320 200")
    assert "The whole month 7 1,120 1,000" in shown
    assert 'href="/claims/' not in source(answer)


def test_a_member_opens_the_claim_behind_a_line(cast: Cast, sign_in: SignIn) -> None:
    worked(cast)
    assert 'href="/claims/C2026Q4-0001/"' in source(sign_in("bo").get(PAGE))


def test_the_running_month_is_a_preview(cast: Cast, sign_in: SignIn) -> None:
    answer = sign_in("mira").get("/treasury/months/2026-11/")
    assert "A preview: the month ends on 30 Nov. As it stands, 1,000 U and 1,000 LXP will be posted." in text(answer)
    assert "Run November 2026" not in text(answer)


@pytest.mark.parametrize("month", ["2025-12", "2026-12", "2026-13", "2026-1", "0000-01", "9999-12", "x", "２０２６-10"])
@pytest.mark.parametrize("rest", ["", "progress/", "lines.csv", "lines.json"])
def test_only_months_of_the_group_have_pages(cast: Cast, client: Client, month: str, rest: str) -> None:
    assert client.get(f"/treasury/months/{month}/{rest}").status_code == 404


def test_without_a_group_there_is_no_month(db: None, client: Client) -> None:
    assert client.get(PAGE).status_code == 404


@pytest.mark.parametrize(
    ("who", "link", "disabled"),
    [("mira", True, False), ("lin", False, True), ("", False, False), ("otto", False, False)],
)
def test_the_treasurer_is_led_to_the_run(cast: Cast, sign_in: SignIn, who: str, link: bool, disabled: bool) -> None:
    answer = source(sign_in(who).get(PAGE))
    assert (f'href="{RUN}"' in answer) == link
    assert ('aria-disabled="true" aria-describedby="run-who"' in answer) == disabled


@pytest.mark.parametrize("who", ["lin", "bo", "chen", "noor", "otto"])
def test_nobody_else_runs_a_month(cast: Cast, sign_in: SignIn, who: str) -> None:
    for answer in (sign_in(who).get(RUN), sign_in(who).post(RUN, {"seal": due_seal()})):
        assert answer.status_code == 403
        assert "Only the treasurer does this." in text(answer)
    assert not PayoutRun.objects.exists()


def test_a_visitor_signs_in_first(cast: Cast, client: Client) -> None:
    assert client.post(RUN, {"seal": due_seal()})["Location"].startswith("/accounts/login/")
    assert not PayoutRun.objects.exists()


def test_the_run_s_page_shows_sum_seal_and_one_button(cast: Cast, sign_in: SignIn) -> None:
    worked(cast)
    answer = sign_in("mira").get(RUN)
    assert "7 lines will be posted: 1,120 U and 1,000 LXP." in text(answer)
    assert "Posted before 0 U + 0 LXP This run 1,120 U + 1,000 LXP The month then 1,120 U + 1,000 LXP" in text(answer)
    assert f'name="seal" value="{due_seal()}"' in source(answer)
    seal = due_seal()[:8].upper()
    assert f"<b>{seal[:4]}</b><b>{seal[4:]}</b>" in source(answer)
    form = part(answer, f'action="{RUN}">', "</form>")
    assert "Post 7 lines of October 2026" in form


def test_one_press_starts_the_run_and_progress_shows_until_it_ends(cast: Cast, sign_in: SignIn) -> None:
    worked(cast)
    answer = sign_in("mira").post(RUN, {"seal": due_seal()}, follow=True)
    assert answer.redirect_chain == [(PAGE, 302)]
    run = PayoutRun.objects.get()
    assert (run.month, run.completed_at, run.started_by) == ("2026-10", None, f"user:{cast.mira.pk}")
    assert "Waits for a free worker. You can leave this page." in text(answer)
    assert f'hx-get="{PROGRESS}" hx-trigger="every 1s"' in source(answer)
    # Without a script the same page is asked for again.
    assert f'<a href="{PAGE}">Show how far it is</a>' in source(answer)
    Job.objects.update(done=2, total=4)
    halfway = sign_in("").get(PROGRESS, headers=HTMX)
    assert '<progress max="4" value="2" aria-label="2 of 4 people">' in source(halfway)
    assert "2 of 4 people, 0 lines so far." in text(halfway)
    assert "HX-Refresh" not in halfway
    finish()
    ended = sign_in("").get(PROGRESS, headers=HTMX)
    assert "7 lines posted on Fri 20 Nov 2026: 1,120 U and 1,000 LXP." in text(ended)
    assert "On public notice until" in text(ended)
    assert "hx-trigger" not in source(ended)
    # The sentence, the badge and the lines of the page come new with it.
    assert ended["HX-Refresh"] == "true"
    assert broken() == []


def test_a_posted_month_says_so(cast: Cast, sign_in: SignIn) -> None:
    worked(cast)
    run_month()
    answer = sign_in("mira").get(PAGE)
    assert "7 lines are posted: 1,120 U and 1,000 LXP. Nothing is due beyond that." in text(answer)
    assert RUN not in source(answer)
    assert "Seal of the posted lines." in text(answer)
    assert "Everything that is owed for this month is posted." in text(sign_in("mira").get(RUN))


def test_the_seal_of_posted_lines_is_that_of_the_lines_that_were_due(cast: Cast) -> None:
    worked(cast)
    before = due_seal()
    run_month()
    assert months.posted_sum(Month(2026, 10)).seal == before


def test_what_arose_late_is_shown_beside_what_was_posted(cast: Cast, client: Client) -> None:
    run_month()
    worked(cast)
    answer = client.get(PAGE)
    assert "1 line is due and not posted: 120 U and 0 LXP." in text(answer)
    assert person(answer, "Chen Yu").startswith("In part")
    assert "Posted 6 1,000 1,000 Not posted yet 1 120 0 The whole month 7 1,120 1,000" in text(answer)


def test_a_correction_stands_behind_what_it_corrects(cast: Cast, client: Client) -> None:
    worked(cast)
    run_month()
    memberships.declare_exit(member=cast.chen, exited_on=date(2026, 10, 4), by="test", at=AT)
    chen = person(client.get(PAGE), "Chen Yu")
    assert "Correction: POW claim C2026Q4-0001: −120 U Not posted yet" in chen
    assert "Correction: 120 was posted, nothing is owed any more." in chen
    assert chen.index("pow/C2026Q4-0001/U ") < chen.index("pow/C2026Q4-0001/U#2")
    run_month()
    again = person(client.get(PAGE), "Chen Yu")
    assert "Correction: POW claim C2026Q4-0001: −120 U Posted, run 2" in again


def test_what_changed_since_the_look_is_not_posted(cast: Cast, sign_in: SignIn) -> None:
    looked = due_seal()
    worked(cast)
    answer = sign_in("mira").post(RUN, {"seal": looked})
    assert answer.status_code == 409
    assert "The month’s lines have changed since you looked." in text(answer).replace("'", "’")
    assert f'name="seal" value="{due_seal()}"' in source(answer)
    assert not PayoutRun.objects.exists()


@pytest.mark.parametrize("seal", ["", "x", "0" * 64])
def test_a_run_needs_the_seal_that_was_shown(cast: Cast, sign_in: SignIn, seal: str) -> None:
    assert sign_in("mira").post(RUN, {"seal": seal}).status_code == 409
    assert sign_in("mira").post(RUN).status_code == 409
    assert not PayoutRun.objects.exists()


def test_one_run_at_a_time(cast: Cast, sign_in: SignIn) -> None:
    start(month="2026-10", by="system:test", at=AT)
    answer = sign_in("mira").post(RUN, {"seal": due_seal()})
    assert answer.status_code == 409
    assert "A run over 2026-10 is under way." in text(answer)
    assert 'aria-disabled="true" aria-describedby="run-why"' in source(sign_in("mira").get(RUN))
    assert PayoutRun.objects.count() == 1


def test_a_month_is_run_after_its_last_day(cast: Cast, sign_in: SignIn) -> None:
    page = "/treasury/months/2026-11/run/"
    assert "2026-11 is not over yet." in text(sign_in("mira").get(page))
    answer = sign_in("mira").post(page, {"seal": "x"})
    assert answer.status_code == 422
    assert not PayoutRun.objects.exists()


def test_a_run_that_was_given_up_says_so(cast: Cast, client: Client) -> None:
    start(month="2026-10", by="system:test", at=AT)
    Job.objects.update(parked_at=AT)
    assert "The run has stopped." in text(client.get(PAGE))


def test_the_files_have_every_line(cast: Cast, client: Client) -> None:
    worked(cast)
    run_month()
    read = json.loads(source(client.get(f"{PAGE}lines.json")))
    assert (read["month"], read["totals"]) == ("2026-10", {"U": "1120.000000", "LXP": "1000.000000"})
    assert [line["reference"] for line in read["lines"]] == sorted(
        PayoutLine.objects.values_list("reference", flat=True)
    )
    (claim,) = [line for line in read["lines"] if line["kind"] == "pow"]
    assert claim == {
        "reference": "pow/C2026Q4-0001/U",
        "kind": "pow",
        "payee": "chen",
        "asset": "U",
        "amount": "120.000000",
        "clause": "income.1.2.3",
        "explanation": "2 h on 2026-10-05 × 60 an hour, 100\u00a0% in U (income.1.2.3, charter edition 1)",
        "posted": True,
    }
    answer = client.get(f"{PAGE}lines.csv")
    assert answer["Content-Disposition"] == 'attachment; filename="payouts-2026-10.csv"'
    sheet = list(csv.DictReader(io.StringIO(source(answer))))
    assert [(row["reference"], row["amount"]) for row in sheet] == [
        (line["reference"], line["amount"]) for line in read["lines"]
    ]


def test_a_negative_amount_stays_a_number_in_the_file(cast: Cast, client: Client) -> None:
    worked(cast)
    run_month()
    memberships.declare_exit(member=cast.chen, exited_on=date(2026, 10, 4), by="test", at=AT)
    sheet = list(csv.DictReader(io.StringIO(source(client.get(f"{PAGE}lines.csv")))))
    assert {row["reference"]: row["amount"] for row in sheet}["pow/C2026Q4-0001/U#2"] == "-120.000000"


def people(count: int) -> None:
    """So many more members, all year."""
    made = Member.objects.bulk_create(
        Member(handle=f"m{number:03d}", name=f"Member {number}") for number in range(count)
    )
    Membership.objects.bulk_create(
        Membership(member=member, joined_on=date(2026, 1, 1), decided_by="test") for member in made
    )


def test_many_people_come_page_by_page(cast: Cast, client: Client) -> None:
    people(120)
    first = client.get(PAGE)
    # bo, chen, lin and m000 to m096 fill the first hundred.
    assert len(re.findall("<details>", source(first))) == 100
    assert f'href="{PAGE}?after=m096#lines"' in source(first)
    second = client.get(PAGE, {"after": "m096"})
    assert len(re.findall("<details>", source(second))) == 23
    assert "From the beginning" in text(second)
    # The sums are the whole month's on every page.
    for answer in (first, second):
        assert "The whole month 246 25,000 25,000" in text(answer)


def test_the_files_are_read_in_pieces(cast: Cast, client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    people(7)
    whole = json.loads(source(client.get(f"{PAGE}lines.json")))["lines"]
    monkeypatch.setattr(months, "PIECE", 2)
    pieces = json.loads(source(client.get(f"{PAGE}lines.json")))["lines"]
    assert sorted(map(str, pieces)) == sorted(map(str, whole))
    assert len(pieces) == 20


@pytest.mark.parametrize("after", ["%01", "é", "x" * 50, "'; DROP TABLE"])
def test_a_place_that_is_none_is_harmless(cast: Cast, client: Client, after: str) -> None:
    assert client.get(f"{PAGE}?after={after}").status_code == 200
