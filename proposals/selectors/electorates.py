"""Who would have a seat in a round that opens on a day, and who would not, and why."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from members.models import Member
from members.selectors import people
from members.selectors.leaves import away_on
from proposals.models import Declaration, Proposal

RECUSAL = Declaration.Kind.RECUSAL


class Why(TextChoices):
    """Why a member has no seat."""

    CONCERNED = "concerned", _("It is about them")
    RECUSED = "recused", _("Recused themself")
    LEAVE = "leave", _("On leave")


@dataclass(frozen=True)
class Absent:
    """A member without a seat."""

    member: Member
    why: Why


@dataclass(frozen=True)
class Electorate:
    """The members of a day in byte order of handle: who votes, and who has no seat."""

    electors: tuple[Member, ...]
    absent: tuple[Absent, ...]

    def written(self) -> list[dict[str, str]]:
        """Who has no seat, as it stands in a round's words."""
        return [{"handle": item.member.handle, "why": str(item.why)} for item in self.absent]


def electorate(*, day: date, proposal: Proposal | None = None, concerns: int | None = None) -> Electorate:
    """The electorate of a round that opens on a day: every member but whom a removal `concerns` (a key), who recused
    themself from the proposal, and who is on leave on that day; three queries.
    """
    members = list(people.active_on(day).select_related("user"))
    away = set(away_on(day).values_list("member", flat=True))
    recused = {row.member_id for row in recusals(proposal)} if proposal else set()
    concerned = proposal.concerns_id if proposal else concerns
    electors, absent = [], []
    for member in members:
        why = _why(member.pk, concerned, recused, away)
        if why is None:
            electors.append(member)
        else:
            absent.append(Absent(member, why))
    return Electorate(tuple(electors), tuple(absent))


def _why(member: int, concerned: int | None, recused: set[int], away: set[int]) -> Why | None:
    if member == concerned:
        return Why.CONCERNED
    if member in recused:
        return Why.RECUSED
    return Why.LEAVE if member in away else None


def recusals(proposal: Proposal) -> list[Declaration]:
    """The recusals from a proposal that stand, with their words, in byte order of handle; one query."""
    rows = (
        Declaration.objects.filter(proposal=proposal, kind=RECUSAL).order_by("member_id", "-seq").distinct("member_id")
    )
    latest = [row for row in rows.select_related("member", "words") if row.stands]
    return sorted(latest, key=lambda row: row.member.handle)


def told(content: Mapping[str, Any]) -> tuple[Absent, ...]:
    """Who had no seat when a round opened, as its words have it; one query, none where everybody had one."""
    why = {item["handle"]: Why(item["why"]) for item in content.get("absent", ())}
    members = Member.objects.filter(handle__in=why).order_by("handle") if why else ()
    return tuple(Absent(member, why[member.handle]) for member in members)


def last_recusal(proposal: Proposal, member: Member) -> Declaration | None:
    """A member's latest word on whether they recuse themself."""
    rows = Declaration.objects.filter(proposal=proposal, member=member, kind=RECUSAL)
    return rows.order_by("-seq").first()
