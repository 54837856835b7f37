"""Who plays in the demo, and what they work on. All of it is invented."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Person:
    """One of the cast; founders and outsiders have no `admitted_days_in`."""

    handle: str
    name: str
    email: str
    field: str
    admitted_days_in: int | None = None


FOUNDERS = (
    Person("lin", "Lin Wei", "lin@demo.example", "protocol design"),
    Person("marek", "Marek Novák", "marek@demo.example", "smart contracts"),
    Person("chen", "Chen Yu", "chen@demo.example", "front end"),
    Person("aisha", "Aisha Bello", "aisha@demo.example", "data and indexing"),
    Person("tomas", "Tomás Rivera", "tomas@demo.example", "zero-knowledge circuits"),
    Person("sun", "Sun Jia", "sun@demo.example", "infrastructure"),
)
# Admitted later, each by a proposal of its own; the number is the day of the history on which the application is sent.
JOINERS = (
    Person("priya", "Priya Raman", "priya@demo.example", "security review", 24),
    Person("kwame", "Kwame Mensah", "kwame@demo.example", "back end", 71),
    Person("elena", "Elena Rossi", "elena@demo.example", "mobile wallets", 128),
)
CANDIDATE = Person("noor", "Noor Haddad", "noor@demo.example", "data engineering")
INTERVIEWEE = Person("jun", "Jun Park", "jun@demo.example", "developer tooling")
TREASURER = Person("mira", "Mira Kohl", "mira@demo.example", "")
CLIENT_CONTACT = Person("olga", "Olga Brandt", "olga@harbor.example", "")

LEADERS = ("marek", "sun", "lin")
DEPUTY = "sun"
MISSING_VOTES = ("lin", "tomas")

CLIENTS = ("Harbor Labs", "Tidepool DAO", "Lumen Wallet", "Kite Finance")


@dataclass(frozen=True)
class Work:
    """A kind of work that claims are logged for."""

    project: str
    description: str
    link: str


WORK = (
    Work(
        "Grant Portal v2",
        "Reviewed the wallet login, three rounds of comments",
        "https://code.example/grant-portal/pull/{n}",
    ),
    Work(
        "Grant Portal v2",
        "Assessed the hours of the next milestone with the project lead",
        "https://forum.example/t/grant-portal-{n}",
    ),
    Work("Indexer", "Rewrote the reorganisation handling and its tests", "https://code.example/indexer/pull/{n}"),
    Work("Indexer", "Measured the cost of the subgraph and wrote it up", "https://forum.example/t/subgraph-cost-{n}"),
    Work("Bridge adapter", "Checked the adapter against the threat model", "https://code.example/bridge/pull/{n}"),
    Work(
        "Wallet kit",
        "Paired on the recovery flow and fixed two race conditions",
        "https://code.example/wallet-kit/pull/{n}",
    ),
    Work(
        "Group work",
        "Office hours in the chat, questions of nine builders answered",
        "https://forum.example/t/office-hours-{n}",
    ),
    Work("Group work", "Interview of an applicant, notes and summary", "https://forum.example/t/interview-{n}"),
    Work(
        "Group work",
        "Prepared and held the community call, technical part",
        "https://forum.example/t/community-call-{n}",
    ),
    Work("Learning", "Held the session on indexing, eighteen people came", "https://forum.example/t/indexing-101-{n}"),
    Work(
        "Learning", "Prepared the workshop on circuits, exercises included", "https://code.example/zk-workshop/pull/{n}"
    ),
    Work(
        "Handbook", "Wrote the chapter on reviewing contracts, with examples", "https://code.example/handbook/pull/{n}"
    ),
)


@dataclass(frozen=True)
class Job:
    """An engagement of the demo: who works on it for how long."""

    client: str
    title: str
    opened_day: int
    price_u: int | None
    rate_u: int
    experts: tuple[str, ...]
    hours: tuple[str, ...]
    accepted_after: int | None


# Days of the history (0 = first day of the first quarter shown). By the hour where price_u is None.
JOBS = (
    Job(
        "Harbor Labs",
        "Architecture advice for a settlement layer",
        8,
        None,
        160,
        ("lin", "marek"),
        ("2", "1.5", "3", "2.5"),
        19,
    ),
    Job("Tidepool DAO", "Review of the vesting contract", 21, 2400, 0, ("marek", "sun"), ("4", "3", "5"), 24),
    Job("Lumen Wallet", "Threat model of the recovery flow", 40, None, 180, ("sun",), ("2", "2", "1.5"), 16),
    Job("Kite Finance", "Choice of an indexing stack", 55, None, 140, ("aisha", "chen"), ("1.5", "2", "2"), 14),
    Job("Harbor Labs", "Second opinion on the data model", 78, None, 150, ("aisha",), ("1", "2.5"), 9),
    Job("Tidepool DAO", "Circuit review, membership proofs", 96, 3600, 0, ("tomas", "priya"), ("6", "4", "4", "3"), 29),
    Job("Lumen Wallet", "Release readiness of the mobile client", 118, None, 170, ("chen", "sun"), ("2", "3", "2"), 17),
    Job("Kite Finance", "Load test and capacity plan", 137, None, 130, ("sun", "marek"), ("2.5", "2", "1.5"), 15),
    Job("Harbor Labs", "Audit of the fee module", 152, 4200, 0, ("marek", "priya", "lin"), ("7", "6", "3"), 17),
    Job("Tidepool DAO", "Governance module, design review", 176, None, 190, ("lin", "aisha"), ("1.5", "2", "1.5"), 13),
    Job("Lumen Wallet", "Passkey sign-in, advice", 192, None, 160, ("chen",), ("2", "1"), 10),
    Job("Kite Finance", "Monitoring of the price feeds", 205, None, 150, ("aisha", "kwame"), ("2", "2.5"), 12),
    Job("Harbor Labs", "Migration plan for the indexer", 219, None, 165, ("aisha",), ("2", "1.5"), None),
    Job("Tidepool DAO", "Review of the treasury module", 226, 3000, 0, ("marek", "sun"), ("3",), None),
)
