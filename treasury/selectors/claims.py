"""Reading claims: who sees which, what waits for whom, which need a look."""

from collections.abc import Sequence

from members.models import Membership
from treasury.models import Claim


def worked_outside_membership(claims: Sequence[Claim]) -> list[Claim]:
    """Those of these claims whose day lies in no period of membership; one query."""
    periods: dict[int, list[Membership]] = {}
    for period in Membership.objects.filter(member__in={claim.member_id for claim in claims}):
        periods.setdefault(period.member_id, []).append(period)
    return [
        claim
        for claim in claims
        if not any(
            period.joined_on <= claim.worked_on and (period.exited_on is None or claim.worked_on <= period.exited_on)
            for period in periods.get(claim.member_id, ())
        )
    ]
