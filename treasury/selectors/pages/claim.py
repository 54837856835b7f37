"""One claim with everything about it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Q

from charter.rules.terms import Timeline
from journal.refusals import Refusal
from treasury.models import Claim, PayoutLine
from treasury.rules import worth
from treasury.rules.worth import Worth
from treasury.selectors.pages.looks import looked_at
from treasury.selectors.pages.readers import Reader

Status = Claim.Status


@dataclass(frozen=True)
class Whole:
    """A claim as its page shows it: what it is worth, why to look at it, the lines that runs posted of it."""

    claim: Claim
    worth: Worth
    rate_micro: int
    looks: Sequence[str]
    lines: Sequence[PayoutLine]
    own: bool
    decides: bool
    refused: Refusal | None

    @property
    def hours_centi(self) -> int:
        """The hours in hundredths."""
        return self.claim.hours_centi

    @property
    def waits(self) -> bool:
        """Whether it waits for a decision."""
        return self.claim.status == Status.PENDING

    @property
    def drafted(self) -> bool:
        """Whether it was not sent yet."""
        return self.claim.status == Status.DRAFT


def visible(reader: Reader) -> Q:
    """Members see what was sent, everybody their own; a draft is its author's alone."""
    own = Q(member=reader.member)
    return own | ~Q(status=Status.DRAFT) if reader.inside else own


def found(reference: str, reader: Reader) -> Claim | None:
    """The claim of a reference, if the reader may see it."""
    return Claim.objects.filter(visible(reader), reference=reference).select_related("member", "decided_by").first()


def whole(claim: Claim, reader: Reader, timeline: Timeline) -> Whole:
    """Everything about a claim."""
    terms = timeline.terms_on(claim.worked_on)
    bases = [f"pow/{claim.reference}/U", f"pow/{claim.reference}/LXP"]
    lines = PayoutLine.objects.filter(month=f"{claim.worked_on:%Y-%m}", base__in=bases, payee=claim.member.handle)
    reasons: dict[int, Any] = looked_at([claim]) if claim.status == Status.PENDING else {}
    return Whole(
        claim=claim,
        worth=worth.of(claim.hours_centi, terms),
        rate_micro=terms.pow_hourly_rate_micro + terms.pow_flexible_rate_micro,
        looks=reasons.get(claim.pk, ()),
        lines=list(lines.select_related("run").order_by("reference")),
        own=claim.member_id == reader.member.pk,
        decides=reader.decides(claim),
        refused=reader.refusal(claim),
    )
