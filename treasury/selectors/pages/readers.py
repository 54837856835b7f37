"""Who reads claims, and whose they decide."""

from dataclasses import dataclass
from datetime import date

from django.db.models import Q

from journal.refusals import Refusal
from members.models import Member
from members.rules.deciding import Deciders
from members.selectors import people
from treasury.models import Claim
from treasury.refusals import NotDecider, OwnClaim


@dataclass(frozen=True)
class Reader:
    """A member (`inside`) or former member with those who decide claims on the day."""

    member: Member
    inside: bool
    deciders: Deciders

    def decides(self, claim: Claim) -> bool:
        """Whether this reader decides the claim."""
        return self.inside and self.deciders.may_decide(self.member, claim.member)

    def refusal(self, claim: Claim) -> Refusal | None:
        """Why the reader does not decide the claim, as the service says it; None for who does."""
        if self.decides(claim):
            return None
        if claim.member_id == self.member.pk:
            return OwnClaim()
        named = self.deciders.named_for(claim.member)
        return NotDecider(decider=named.name if named else "", led=self.led)

    @property
    def mine(self) -> Q:
        """The claims that this reader decides, as a condition; what `decides` says, for the database."""
        leader = self.deciders.leader
        if not self.inside or leader is None:
            return Q(pk__in=())
        if leader.pk == self.member.pk:
            return ~Q(member=self.member)
        return Q(member=leader) if self.deciders.may_decide(self.member, leader) else Q(pk__in=())

    @property
    def leads(self) -> bool:
        """Whether the reader leads the group."""
        return self.inside and self.deciders.leader is not None and self.deciders.leader.pk == self.member.pk

    @property
    def led(self) -> bool:
        """Whether anybody leads: else claims wait."""
        return self.deciders.leader is not None

    @property
    def named(self) -> Member | None:
        """Who decides the reader's own claims; None when it is any other member, or nobody."""
        return self.deciders.named_for(self.member)


def reader(member: Member, roles: frozenset[str], day: date) -> Reader:
    """Asks who decides today."""
    return Reader(member, "member" in roles, people.deciders_on(day))
