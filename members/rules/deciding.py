"""Who decides whose POW claims: the leader, the leader's own the deputy, else any other member."""

from dataclasses import dataclass

from members.models import Member


@dataclass(frozen=True)
class Deciders:
    """Leader and deputy of one day. `deputy` is None unless named and a member on that day."""

    leader: Member | None
    deputy: Member | None = None

    def named_for(self, claimant: Member) -> Member | None:
        """The one person who decides this claimant's claims; None when it is any other member, or nobody."""
        if self.leader is not None and claimant.pk == self.leader.pk:
            return self.deputy
        return self.leader

    def may_decide(self, member: Member, claimant: Member) -> bool:
        """Whether an active member may decide the claimant's claims. Nobody decides their own."""
        if self.leader is None or member.pk == claimant.pk:
            # Without a leader claims wait until one is seated: the charter gives them to nobody else.
            return False
        named = self.named_for(claimant)
        return named is None or named.pk == member.pk
