"""Who is a member, who leads, who holds which role on a day."""

from dataclasses import dataclass
from datetime import date

from django.contrib.auth.models import AnonymousUser
from django.db.models import Exists, F, OuterRef, Prefetch, Q, QuerySet

from accounts.models import User
from accounts.selectors import actor as user_actor
from members.models import Application, Leave, Member, Membership, Term
from members.rules.deciding import Deciders
from members.selectors.leaves import away_on

Signed = User | AnonymousUser
By = Member | User | str


def actor(by: By) -> str:
    """How the journal names who did it: `member:lin`, `user:17`; a text such as `import` stays."""
    if isinstance(by, Member):
        return f"member:{by.handle}"
    return by if isinstance(by, str) else user_actor(by)


def member_of(user: Signed) -> Member | None:
    """The member that a user is or was, or None."""
    return Member.objects.filter(user_id=user.pk).first() if user.pk else None


def by_handle(handle: str) -> Member | None:
    """Whoever has the handle."""
    return Member.objects.filter(handle=handle).first()


def covers(day: date, first: str = "joined_on", last: str = "exited_on") -> Q:
    """Rows whose days, both ends included, hold this one; an open end never ends."""
    return Q(**{f"{first}__lte": day}) & (Q(**{last: None}) | Q(**{f"{last}__gte": day}))


def active_on(day: date) -> QuerySet[Member]:
    """The members of a day in byte order of handle. The day of exit still counts."""
    inside = Membership.objects.filter(covers(day), member=OuterRef("pk"))
    return Member.objects.filter(Exists(inside)).order_by("handle")


def is_active(member: Member, day: date) -> bool:
    """Whether somebody is a member on a day."""
    return Membership.objects.filter(covers(day), member=member).exists()


def roles_on(user: Signed, day: date) -> frozenset[str]:
    """What a user is on a day: member, leader, deputy, treasurer, former, applicant. One query, asked per request."""
    if not user.pk:
        return frozenset()
    mine = Membership.objects.filter(member__user=OuterRef("pk"))
    inside = mine.filter(covers(day))
    acting = acting_terms(day)
    facts = (
        User.objects.filter(pk=user.pk, is_active=True)
        .annotate(
            inside=Exists(inside),
            ever=Exists(mine.filter(joined_on__lte=day)),
            leading=Exists(acting.filter(member__user=OuterRef("pk"))),
            standing_in=Exists(acting.filter(deputy__user=OuterRef("pk"))),
            keeping=Exists(
                Term.objects.filter(covers(day, "starts_on", "ends_on"), role="treasurer", user=OuterRef("pk"))
            ),
            applying=Exists(Application.objects.filter(user=OuterRef("pk"), withdrawn_at=None, closed_at=None)),
        )
        .values_list("inside", "ever", "leading", "standing_in", "keeping", "applying")
        .first()
    )
    return _named(*facts) if facts else frozenset()


def roles_of(member: Member, day: date) -> frozenset[str]:
    """What a member is on a day, whether or not they have an account."""
    if member.user is not None:
        return roles_on(member.user, day)
    held = {"member": is_active(member, day), "leader": leads(member, day)}
    return frozenset(role for role, holds in held.items() if holds)


def _named(inside: bool, ever: bool, leading: bool, standing_in: bool, keeping: bool, applying: bool) -> frozenset[str]:
    held = {
        "member": inside,
        "former": ever and not inside,
        "leader": leading,
        "deputy": standing_in and inside,
        "treasurer": keeping,
        "applicant": applying and not inside,
    }
    return frozenset(role for role, holds in held.items() if holds)


def acting_terms(day: date) -> QuerySet[Term]:
    """The leader's term of a day as a query of at most one row: the latest that began, while its holder is a member.

    A term that ended unreplaced stays in force for its holder as caretaker (daily.1, a reading); payouts look at the
    term's own days, so a caretaker is paid as a member.
    """
    latest = Term.objects.filter(role=Term.Role.LEADER, starts_on__lte=day).order_by("-starts_on").values("pk")[:1]
    holding = Membership.objects.filter(covers(day), member=OuterRef("member"))
    return Term.objects.filter(Exists(holding), pk__in=latest)


def leader_on(day: date) -> Term | None:
    """Who leads on a day, caretakers included, with member and deputy at hand; None if nobody does."""
    return acting_terms(day).select_related("member", "deputy").first()


def leads(member: Member, day: date) -> bool:
    """Whether somebody leads the group on a day, as caretaker too."""
    return acting_terms(day).filter(member=member).exists()


def is_caretaker(term: Term, day: date) -> bool:
    """Whether the term's own days are over."""
    return term.ends_on is not None and term.ends_on < day


def deciders_on(day: date) -> Deciders:
    """Who decides claims on a day, for any number of claimants: one query."""
    deputy_inside = Membership.objects.filter(covers(day), member=OuterRef("deputy"))
    term = acting_terms(day).select_related("member", "deputy").annotate(standing=Exists(deputy_inside)).first()
    if term is None:
        return Deciders(None)
    return Deciders(term.member, term.deputy if term.standing else None)


def decider_for(claimant: Member, day: date) -> Member | None:
    """Who decides a claimant's claims; None when it is any other member (or nobody leads: ask `deciders_on`)."""
    return deciders_on(day).named_for(claimant)


def treasurers_on(day: date) -> QuerySet[User]:
    """Who keeps the treasury on a day."""
    terms = Term.objects.filter(covers(day, "starts_on", "ends_on"), role=Term.Role.TREASURER)
    return User.objects.filter(pk__in=terms.values("user")).order_by("pk")


@dataclass(frozen=True)
class Listed:
    """A line of the roll: the person, the period shown (the last that has begun), roles and leave of the day."""

    member: Member
    period: Membership
    active: bool
    roles: frozenset[str]
    leave: Leave | None = None


def roll(day: date) -> list[Listed]:
    """Everybody who is or was a member by a day, members first, in byte order of handle; four queries."""
    begun = Prefetch("memberships", queryset=Membership.objects.filter(joined_on__lte=day).order_by("joined_on"))
    rows = Member.objects.filter(
        Exists(Membership.objects.filter(member=OuterRef("pk"), joined_on__lte=day))
    ).prefetch_related(begun)
    deciders, away = deciders_on(day), {leave.member_id: leave for leave in away_on(day)}
    leader = deciders.leader.pk if deciders.leader else 0
    deputy = deciders.deputy.pk if deciders.deputy else 0
    found = []
    for member in rows.order_by("handle"):
        period = list(member.memberships.all())[-1]
        active = period.exited_on is None or period.exited_on >= day
        held = {"member": active, "former": not active, "leader": member.pk == leader, "deputy": member.pk == deputy}
        roles = frozenset(role for role, holds in held.items() if holds)
        found.append(Listed(member, period, active, roles, away.get(member.pk) if active else None))
    return sorted(found, key=lambda row: not row.active)


def nobody() -> QuerySet[Member]:
    """No member: what the schema is drawn from."""
    return Member.objects.none()


def periods_of(member: Member) -> QuerySet[Membership]:
    """A member's periods, oldest first."""
    return Membership.objects.filter(member=member).order_by("joined_on")


def open_period(member: Member, day: date) -> Membership | None:
    """The period that a day lies in."""
    return Membership.objects.filter(covers(day), member=member).first()


def leader_terms() -> QuerySet[Term]:
    """Every leader's term, oldest first."""
    return Term.objects.filter(role=Term.Role.LEADER).select_related("member", "deputy").order_by(F("starts_on"))
