"""What the members propose, say and ask in the decisions of today."""

from typing import NamedTuple

ADVICE = "Advise the DAO to keep the reserve in two wallets"
ADVICE_WHY = "One key was lost last year in another group. Two wallets with different holders cost us an hour a month."
RULE = "Publish the notes of every review within a week"
RULE_WHY = (
    "Teams ask for them each time, and we write them anyway. A week leaves time to take out what is confidential."
)
AUDIT = "Advise the DAO to fund the audit of the bridge"
AUDIT_WHY = (
    "The bridge holds more than the treasury does. Three auditors answered; the middle offer has the people who found "
    "the fault of last spring. We advise, the DAO decides."
)
RECUSED = "I wrote a part of the adapter. It is not for me to say who checks it."
OFFICE = "Hold the office hours in two time zones"
OFFICE_WHY = "Half of the builders who asked for advice last month live seven hours away and never came."
HOLD = "I want to ask the three builders who come most often before I vote."
LONGER = "The holiday lies in the middle of this vote. Two days more, so that everybody can read it."
AMENDMENT_WHY = (
    "Twice this year a round was over before some of us had read it. Two days are enough for everybody. And the weekly "
    "report should say what was decided: people ask us in the chat."
)
REPORT = (
    "Community call and weekly report to the community; the group’s weekly report every week, on {report.weekday}, "
    "with what was decided that week."
)
REPORT_CHINESE = "通过社区会议和周报向社区汇报；小组周报每周一期，于{report.weekday}发布，并写明本周的决定。"
BUDGET_WHY = (
    "One member more and the release of the Grant Portal: the hours of a head stay as they are, the sum grows with the "
    "heads. What is not used goes back."
)
COMMENTS = (
    (
        "aisha",
        None,
        "The three offers are in the forum. **The middle one** says who would do the work.",
    ),
    ("tomas", None, "Does the offer cover the *relayer*? That is where I would look first."),
    (
        "aisha",
        2,
        "It does:\n\n- the contracts, two weeks\n- the relayer, one week\n- a second look",
    ),
    ("lin", 1, "Thank you. I asked the DAO whether it wants one report or two."),
)


class Candidate(NamedTuple):
    """Who stands, and who would decide this leader's own claims."""

    who: str
    statement: str
    deputy: str


CANDIDATES = (
    Candidate(
        "sun", "I led in spring. I would go on with one thing: every claim decided within two days, as now.", "lin"
    ),
    Candidate(
        "aisha",
        "I want the group to answer faster: a first reading of each request within a day, by whoever has time. "
        "I keep the minutes anyway.",
        "chen",
    ),
    Candidate("lin", "I would finish what we began: the handbook, and two more reviewers among the members.", "sun"),
)
VOTES_FOR_A_LEADER = (("marek", "sun"), ("chen", "aisha"), ("priya", "sun"), ("kwame", "aisha"), ("elena", "lin"))
