"""How far we looked at the chain, and who said before paying from which address an invoice will be paid."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Challenge
from consulting.models.billing import ADDRESS, Invoice
from consulting.models.engagements import BYTE_ORDER
from journal.appendonly import append_only


class ChainCursor(models.Model):
    """One chain: from which block on and up to which one we looked, its head then, what hindered us the last time.

    `lease_until` keeps two workers from asking the same; that nothing counts twice rests on the payments' own rows.
    """

    chain_id = models.BigIntegerField(unique=True)
    since = models.BigIntegerField(null=True)
    scanned_to = models.BigIntegerField(default=0)
    head = models.BigIntegerField(default=0)
    looked_at = models.DateTimeField(null=True)
    lease_until = models.DateTimeField(null=True)
    trouble = models.CharField(max_length=300, blank=True)

    class Meta:
        verbose_name = _("view of a chain")
        verbose_name_plural = _("views of chains")
        constraints = [
            models.CheckConstraint(condition=Q(chain_id__gte=1, scanned_to__gte=0, head__gte=0), name="cursor_numbers")
        ]

    def __str__(self) -> str:
        return f"{self.chain_id} {self.scanned_to}"


class PayerProof(models.Model):
    """Whoever holds an invoice's link proved this address for it. Append-only; it opens nobody's account."""

    invoice = models.ForeignKey(Invoice, on_delete=models.PROTECT, related_name="payer_proofs")
    address = models.CharField(_("address"), max_length=42, db_collation=BYTE_ORDER)
    challenge = models.OneToOneField(Challenge, on_delete=models.PROTECT, related_name="+")
    proven_at = models.DateTimeField(_("proved"))

    class Meta:
        db_table = append_only("consulting_payerproof")
        verbose_name = _("proved address of a payer")
        verbose_name_plural = _("proved addresses of payers")
        constraints = [
            models.CheckConstraint(condition=Q(address__regex=ADDRESS), name="payer_address"),
            models.UniqueConstraint(fields=["address", "invoice"], name="payer_once"),
        ]

    def __str__(self) -> str:
        return self.address
