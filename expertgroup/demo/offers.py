"""What each member offers to clients: profile, weekly hours, a day away, written-up work."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from consulting.rules.offering import Draft
from consulting.services import availability, profiles
from expertgroup.demo.cast import FOUNDERS, JOINERS
from expertgroup.demo.people import BY, member
from expertgroup.demo.script import Script
from members.models import Member

U = 1_000_000
ALL_FORMS = ("hourly", "quote", "retainer", "workshop")


@dataclass(frozen=True)
class Offer:
    """One member's offer; windows are (weekday, from, to) in hours of the expert's clock."""

    headline: str
    about: str
    fields: tuple[str, ...]
    skills: tuple[str, ...]
    languages: tuple[str, ...]
    rate: int
    time_zone: str
    windows: tuple[tuple[int, float, float], ...]
    piece: str
    forms: tuple[str, ...] = ("hourly", "quote")
    domain: str = "technical"


OFFERS = {
    "lin": Offer(
        "Protocol design and incident response",
        "Goes through your protocol's rules with you and shows where money could leave by a side door.\n\n"
        "During an incident: who stops what, in which order, and what is said to users.",
        ("Protocol design", "Security"),
        ("Contract review", "Incident response", "Threat models"),
        ("zh-hans", "en"),
        180,
        "Asia/Shanghai",
        ((2, 14, 17), (3, 10, 12), (4, 14, 17)),
        "What a pause button must not do",
        ALL_FORMS,
    ),
    "marek": Offer(
        "Smart contract security: reviews before somebody else does",
        "Reads your contracts before the call, sends questions, and writes findings down within two working days.",
        ("Security", "Smart contracts"),
        ("Contract review", "Solidity", "Foundry", "Threat models"),
        ("en", "cs"),
        160,
        "Europe/Prague",
        ((1, 9, 12), (2, 9, 12.5), (3, 9, 11), (5, 13, 17)),
        "Rounding errors in vaults: a field guide",
    ),
    "chen": Offer(
        "Front ends that people can sign with a clear head",
        "Looks at what your users are asked to sign and makes it readable. Accessibility included.",
        ("Front end", "Wallets"),
        ("TypeScript", "Wallet connection", "Accessibility"),
        ("zh-hans", "en"),
        120,
        "Asia/Singapore",
        ((1, 20, 22), (3, 20, 22), (6, 9.5, 12)),
        "Signing screens, before and after",
        ("hourly", "workshop"),
    ),
    "aisha": Offer(
        "Data and indexing: numbers that can be checked",
        "Builds the index that your treasury report needs, and shows your team how to keep it.",
        ("Data", "Indexing"),
        ("SQL", "Indexing", "Treasury reports"),
        ("en", "fr"),
        140,
        "Africa/Lagos",
        ((2, 10, 13), (4, 10, 13), (5, 15, 18)),
        "An index that survives a reorganisation",
        ALL_FORMS,
    ),
    "tomas": Offer(
        "Zero-knowledge circuits and verifier contracts",
        "Reviews circuits for missing constraints, and the contracts that verify their proofs.",
        ("Zero-knowledge proofs", "Smart contracts"),
        ("Contract review", "Circom", "Noir"),
        ("en", "es"),
        200,
        "America/Santiago",
        ((1, 9, 12), (3, 15, 18)),
        "Ten constraints that were not there",
    ),
    "sun": Offer(
        "Infrastructure: nodes, keys and the day something breaks",
        "Plans how your nodes and keys are run and practises with your team what happens when one is gone.",
        ("Infrastructure", "Security"),
        ("Node operation", "Key management", "Monitoring"),
        ("zh-hans", "en"),
        150,
        "Asia/Shanghai",
        ((2, 9, 11.5), (4, 9, 11.5), (7, 19, 21)),
        "A rehearsal for a lost key",
        ("hourly", "retainer", "workshop"),
    ),
    "priya": Offer(
        "Security reviews and how to live with their findings",
        "Sorts findings by what they would cost you, and stays until the important ones are closed.",
        ("Security",),
        ("Contract review", "Fuzzing", "Threat models"),
        ("en", "hi"),
        170,
        "Asia/Kolkata",
        ((1, 18, 21), (4, 18, 21)),
        "Findings are work orders",
    ),
    "kwame": Offer(
        "Back ends between chain and people",
        "Queues, retries and reconciliation for services that move other people's money.",
        ("Back end", "Payments"),
        ("Python", "PostgreSQL", "Reconciliation"),
        ("en",),
        130,
        "Africa/Accra",
        ((3, 9, 12), (5, 9, 12)),
        "Paying once, and knowing it",
        ("hourly", "quote", "retainer"),
    ),
    "elena": Offer(
        "Wallets in the market: what people pay for, and why they leave",
        "For teams that have a wallet and look for its business: prices, partners, the first hundred clients.",
        ("Wallets", "Go to market"),
        ("Pricing", "Partnerships", "User research"),
        ("it", "en"),
        110,
        "Europe/Rome",
        ((2, 15, 18), (4, 9, 12)),
        "Interviews with forty people who left",
        ("hourly", "workshop"),
        "business",
    ),
}


def write(script: Script) -> None:
    """Everybody publishes some weeks after joining; joiners once they are members."""
    days_in = {person.handle: 40 + 2 * number for number, person in enumerate(FOUNDERS)}
    days_in |= {person.handle: (person.admitted_days_in or 0) + 30 for person in JOINERS}
    for handle, days in days_in.items():
        script.add(script.at(script.day(days), "16:40"), _publish, handle=handle)
    for handle in ("lin", "marek", "aisha"):
        script.add(script.now - timedelta(hours=2), _away, handle=handle)


def _publish(at: datetime, handle: str) -> None:
    offer, person = OFFERS[handle], Member.objects.filter(handle=handle).first()
    if person is None:
        return
    draft = Draft(
        domain=offer.domain,
        headline=offer.headline,
        about=offer.about,
        fields=offer.fields,
        skills=offer.skills,
        languages=offer.languages,
        forms=offer.forms,
        rate_micro=offer.rate * U,
        time_zone=offer.time_zone,
    )
    profiles.save(member=person, draft=draft, by=BY, at=at)
    for weekday, starts, ends in offer.windows:
        availability.add_window(
            member=person,
            weekday=weekday,
            starts_minute=int(starts * 60),
            ends_minute=int(ends * 60),
            by=BY,
            at=at,
        )
    profiles.add_piece(
        member=person,
        title=offer.piece,
        url=f"https://writing.example/{handle}",
        written_on=(at - timedelta(days=60)).date(),
        by=BY,
        at=at,
    )
    profiles.publish(member=person, by=BY, at=at)


def _away(at: datetime, handle: str) -> None:
    """A whole day next week."""
    day = at.date() + timedelta(days=8 - at.isoweekday())
    availability.add_exception(member=member(handle), falls_on=day, kind="away", by=BY, at=at)
