"""What start-up refuses of the settings of chain and files, and what `verify` proves of payments."""

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from django.apps import AppConfig
from django.conf import settings
from django.core import checks
from django.db import connection
from django.utils.translation import gettext as _

from accounts.rules.signatures import signer
from consulting.models import PayerProof
from consulting.rules import paying
from consulting.selectors import chains
from journal.refusals import Refusal
from journal.registry import invariant

# A credited payment has its posting, over its whole amount, reversed exactly when it was taken back.
UNPOSTED = """
SELECT payment.id
FROM consulting_payment payment
LEFT JOIN treasury_posting posting ON posting.kind = 'payment' AND posting.key = payment.id::text
LEFT JOIN treasury_transfer transfer ON transfer.posting_id = posting.id
LEFT JOIN treasury_transfer back ON back.reverses_id = transfer.id
WHERE payment.credited_at IS NOT NULL
  AND (transfer.amount_micro IS DISTINCT FROM payment.amount_micro
       OR (back.id IS NOT NULL) <> (payment.reverted_at IS NOT NULL))
   OR payment.credited_at IS NULL AND posting.id IS NOT NULL
ORDER BY payment.id
"""


@checks.register(checks.Tags.compatibility)
def check_chain(app_configs: Sequence[AppConfig] | None, **kwargs: Any) -> list[checks.CheckMessage]:
    """consulting.E001: a chain that cannot be followed is said before the house opens, not at the first payment."""
    try:
        chains.configured()
    except ValueError as wrong:
        return [checks.Error(f"The CHAIN_ settings cannot be used: {wrong}.", id="consulting.E001")]
    return []


@checks.register(checks.Tags.compatibility)
def check_bank(app_configs: Sequence[AppConfig] | None, **kwargs: Any) -> list[checks.CheckMessage]:
    """consulting.E002: an account with a wrong digit is said before a client pays to it."""
    try:
        paying.bank(name=settings.BANK_NAME, iban=settings.BANK_IBAN, bic=settings.BANK_BIC)
    except ValueError as wrong:
        return [checks.Error(f"The BANK_ settings cannot be used: {wrong}.", id="consulting.E002")]
    return []


@checks.register(checks.Tags.security)
def check_files(app_configs: Sequence[AppConfig] | None, **kwargs: Any) -> list[checks.CheckMessage]:
    """consulting.E003: what people send each other never lies where a server hands out files without asking."""
    media = Path(settings.MEDIA_ROOT).resolve()
    served = [Path(folder).resolve() for folder in (settings.STATIC_ROOT, *settings.STATICFILES_DIRS)]
    if any(media.is_relative_to(folder) for folder in served):
        return [checks.Error("MEDIA_ROOT lies inside the static files, which anybody gets.", id="consulting.E003")]
    return []


@invariant("consulting.payments")
def payments_posted() -> Iterable[str]:
    """A payment stands in the ledger once it is credited, and is reversed there once it was taken back."""
    with connection.cursor() as cursor:
        cursor.execute(UNPOSTED)
        for (pk,) in cursor.fetchall():
            yield _("Payment %(number)s is not in the ledger as it was credited or taken back.") % {"number": pk}


@invariant("consulting.payers")
def payers_proved() -> Iterable[str]:
    """Every address that was proved for an invoice signed the message that is kept with it."""
    for row in PayerProof.objects.select_related("challenge", "invoice").order_by("pk").iterator():
        try:
            found = signer(row.challenge.message, row.challenge.signature)
        except Refusal:
            found = ""
        if found != row.address:
            yield _("The proof of a payer of invoice %(number)s does not hold.") % {"number": row.invoice.number}
