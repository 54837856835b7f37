"""The ledger's transfers, newest first, by account and asset."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from django.core.paginator import Page, Paginator
from django.db.models import Q, QuerySet

from members.models import Member
from treasury.models import Account, Balance, PayoutLine, Transfer
from treasury.rules import wordings

PER_PAGE = 50
CHUNK = 2000


@dataclass(frozen=True)
class Filter:
    """Which transfers: those of accounts of a kind, of an owner, of an asset; empty is any."""

    kind: str = ""
    owner: str = ""
    asset: str = ""

    @property
    def one(self) -> bool:
        """Whether it names one account."""
        return bool(self.kind and self.asset and (self.owner or self.kind in ("dao", "outside", "pool")))


@dataclass(frozen=True)
class Row:
    """A transfer in words; `month` is that of the payout line behind it."""

    transfer: Transfer
    what: str
    debit: str
    credit: str
    clause: str
    month: str


@dataclass(frozen=True)
class Ledger:
    """One page of transfers."""

    page: Page[Transfer]
    rows: Sequence[Row]


def ledger(chosen: Filter, page: str | None) -> Ledger:
    """A page of the transfers that were asked for; four queries."""
    shown = Paginator(transfers(chosen).order_by("-id"), PER_PAGE).get_page(page)
    return Ledger(shown, in_words(list(shown)))


def transfers(chosen: Filter) -> QuerySet[Transfer]:
    """The transfers with their accounts and postings."""
    rows = Transfer.objects.select_related("posting", "debit", "credit")
    if chosen.asset:
        rows = rows.filter(asset=chosen.asset)
    if not (chosen.kind or chosen.owner):
        return rows
    accounts = Account.objects.all()
    if chosen.kind:
        accounts = accounts.filter(kind=chosen.kind)
    if chosen.owner:
        accounts = accounts.filter(owner=chosen.owner)
    ids = accounts.values("pk")
    return rows.filter(Q(debit__in=ids) | Q(credit__in=ids))


def stream(chosen: Filter) -> Iterator[Transfer]:
    """The same, oldest first, read in chunks."""
    return transfers(chosen).order_by("id").iterator(chunk_size=CHUNK)


def balance_of(chosen: Filter) -> int | None:
    """What the one account holds that was asked for, in micro-units; None for none or several."""
    if not chosen.one:
        return None
    found = Balance.objects.filter(
        account__kind=chosen.kind, account__owner=chosen.owner, account__asset=chosen.asset
    ).first()
    return found.amount_micro if found else None


def in_words(found: Sequence[Transfer]) -> list[Row]:
    """Transfers in words; two queries."""
    lines = PayoutLine.objects.filter(reference__in=[row.reference for row in found])
    of_line = {
        reference: (clause, month) for reference, clause, month in lines.values_list("reference", "clause", "month")
    }
    names = names_of(side.owner for row in found for side in (row.debit, row.credit) if side.kind == "payable")
    rows = []
    for transfer in found:
        clause, month = of_line.get(transfer.reference, ("", ""))
        row = Row(
            transfer=transfer,
            what=wordings.what(transfer.reference),
            debit=wordings.account(transfer.debit.kind, transfer.debit.owner, names),
            credit=wordings.account(transfer.credit.kind, transfer.credit.owner, names),
            clause=clause or wordings.CLAUSES.get(transfer.posting.kind, ""),
            month=month,
        )
        rows.append(row)
    return rows


def names_of(handles: Iterable[str]) -> dict[str, str]:
    """Who carries these handles."""
    return dict(Member.objects.filter(handle__in=set(handles)).values_list("handle", "name"))
