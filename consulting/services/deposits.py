"""Addresses of the group on the chain: the treasurer lists them, each invoice takes one."""

from datetime import datetime

from django.db import IntegrityError, transaction

from accounts.rules.addresses import plain
from consulting.models import DepositAddress
from consulting.refusals.payments import AddressesUnreadable, AddressInUse
from consulting.selectors import chains
from consulting.services.invoices import require_treasurer
from journal.services import entries
from members.selectors.people import By, actor


def add(*, text: str, by: By, at: datetime) -> int:
    """Adds one address a line; all or none. How many. TreasurerConfirms, AddressesUnreadable, AddressInUse."""
    try:
        addresses = [plain(line) for line in text.splitlines() if line.strip()]
    except ValueError as wrong:
        raise AddressesUnreadable from wrong
    if not addresses:
        raise AddressesUnreadable
    chain = chains.configured()
    if len(set(addresses)) < len(addresses) or (chain and chain.receiver in addresses):
        raise AddressInUse
    with transaction.atomic():
        require_treasurer(by, at)
        try:
            with transaction.atomic():
                DepositAddress.objects.bulk_create(DepositAddress(address=address) for address in addresses)
        except IntegrityError as taken:
            raise AddressInUse from taken
        entries.append(actor=actor(by), verb="deposit.add", subject="deposits", data={"count": len(addresses)}, at=at)
    return len(addresses)
