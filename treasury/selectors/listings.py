"""What lists of the treasury hold, by who reads them."""

from datetime import date

from django.db.models import QuerySet

from treasury.models import Balance, Budget, Claim
from treasury.selectors.pages.claim import visible
from treasury.selectors.pages.readers import Reader


def no_claims() -> QuerySet[Claim]:
    """None of them."""
    return Claim.objects.none()


def claims(
    reader: Reader, *, state: str = "", handle: str = "", waiting_for_me: bool = False, since: date | None = None
) -> QuerySet[Claim]:
    """The claims that the reader sees, newest day first, in one query."""
    rows = Claim.objects.filter(visible(reader)).select_related("member", "decided_by")
    if state:
        rows = rows.filter(status=state)
    if handle:
        rows = rows.filter(member__handle=handle)
    if waiting_for_me:
        rows = rows.filter(reader.mine, status=Claim.Status.PENDING)
    if since:
        rows = rows.filter(worked_on__gte=since)
    return rows.order_by("-worked_on", "reference")


def ids_of(references: list[str], reader: Reader) -> list[int]:
    """The ids of the claims of these references that the reader sees."""
    return list(Claim.objects.filter(visible(reader), reference__in=references).values_list("pk", flat=True))


def budgets() -> QuerySet[Budget]:
    """Every quarter's budget, the latest first."""
    return Budget.objects.order_by("-quarter")


def balances() -> QuerySet[Balance]:
    """What every account holds, in byte order of kind and owner."""
    return Balance.objects.select_related("account").order_by("account__kind", "account__owner", "account__asset")
