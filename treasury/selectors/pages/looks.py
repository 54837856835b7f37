"""Which claims need a look, and why: four queries for any number of them."""

from collections.abc import Sequence
from datetime import date

from django.db.models import Max, Min, Sum

from treasury.models import Claim
from treasury.rules import looks
from treasury.selectors.claims import worked_outside_membership

Status = Claim.Status
COUNTED = (Status.PENDING, Status.APPROVED)


def looked_at(claims: Sequence[Claim]) -> dict[int, list[str]]:
    """By the claim's id, the reasons to look at it; ordinary claims are left out."""
    outside = {claim.pk for claim in worked_outside_membership(claims)}
    days, others = _days(claims), _others(claims)
    found = {
        claim.pk: looks.reasons(
            looks.Facts(
                day_centi=days.get((claim.member_id, claim.worked_on), 0),
                same_link=others.get(claim.pk),
                outside=claim.pk in outside,
            )
        )
        for claim in claims
    }
    return {key: reasons for key, reasons in found.items() if reasons}


def _days(claims: Sequence[Claim]) -> dict[tuple[int, date], int]:
    """Hours sent or approved by person and day."""
    rows = (
        Claim.objects.filter(
            status__in=COUNTED,
            member__in={claim.member_id for claim in claims},
            worked_on__in={claim.worked_on for claim in claims},
        )
        .order_by()
        .values_list("member", "worked_on")
        .annotate(sum=Sum("hours_centi"))
    )
    return {(member, day): total for member, day, total in rows}


def _others(claims: Sequence[Claim]) -> dict[int, looks.Other]:
    """By the claim's id, another claim with the same link: the first of them, for the first itself the last."""
    links = (
        Claim.objects.filter(
            status__in=COUNTED, evidence_url__in={claim.evidence_url for claim in claims if claim.evidence_url}
        )
        .order_by()
        .values_list("evidence_url")
        .annotate(first=Min("pk"), last=Max("pk"))
    )
    ends = {url: (first, last) for url, first, last in links if first != last}
    rows = Claim.objects.filter(pk__in={pk for pair in ends.values() for pk in pair}).values_list(
        "pk", "reference", "status", "decided_on"
    )
    named = {
        pk: looks.Other(reference, decided_on if status == Status.APPROVED else None)
        for pk, reference, status, decided_on in rows
    }
    found = {}
    for claim in claims:
        if claim.evidence_url in ends:
            first, last = ends[claim.evidence_url]
            found[claim.pk] = named[last if claim.pk == first else first]
    return found
