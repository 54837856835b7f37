"""What clients are asked to pay and what they paid: invoices, payments, and which payment paid which invoice."""

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from consulting.models.engagements import BYTE_ORDER, Engagement
from journal.appendonly import append_only
from treasury.models import Client

RANDOM = r"^[0-9a-f]{64}$"
ADDRESS = r"^0x[0-9a-f]{40}$"
HASH = r"^0x[0-9a-f]{64}$"


class Series(models.Model):
    """Numbers without a gap ("2026" for invoices, "Q-2026" for quotes). The row is the lock of the next one."""

    name = models.CharField(max_length=20, unique=True, db_collation=BYTE_ORDER)
    last = models.IntegerField(default=0)

    class Meta:
        verbose_name = _("series of numbers")
        verbose_name_plural = _("series of numbers")
        constraints = [models.CheckConstraint(condition=Q(last__gte=0), name="series_not_negative")]

    def __str__(self) -> str:
        return f"{self.name} {self.last}"


class Invoice(models.Model):
    """What a client is asked to pay for an engagement, as it was sent: only `voided_at` is ever written to it.

    `lines` is a list of {text, hours_centi, rate_micro, amount_micro}, the middle two null at a fixed price.
    """

    number = models.CharField(_("number"), max_length=20, unique=True, db_collation=BYTE_ORDER)
    token = models.CharField(max_length=64, unique=True, db_collation=BYTE_ORDER)
    client = models.ForeignKey(Client, on_delete=models.PROTECT, related_name="+", verbose_name=_("client"))
    engagement = models.ForeignKey(
        Engagement, on_delete=models.PROTECT, related_name="invoices", verbose_name=_("engagement")
    )
    purpose = models.CharField(_("what for"), max_length=200)
    lines = models.JSONField(_("lines"))
    total_micro = models.BigIntegerField(_("total, U"))
    language = models.CharField(_("language"), max_length=10)
    issued_at = models.DateTimeField(_("issued"))
    due_at = models.DateTimeField(_("due"))
    voided_at = models.DateTimeField(_("void since"), null=True, blank=True)
    void_reason = models.CharField(_("why void"), max_length=200, blank=True)
    created_at = models.DateTimeField(db_default=Now(), editable=False)

    class Meta:
        verbose_name = _("invoice")
        verbose_name_plural = _("invoices")
        ordering = ["-number"]
        constraints = [
            models.CheckConstraint(condition=Q(number__regex=r"^[0-9]{4}-[0-9]{4,}$"), name="invoice_number"),
            models.CheckConstraint(condition=Q(token__regex=RANDOM), name="invoice_token"),
            models.CheckConstraint(condition=Q(total_micro__gt=0), name="invoice_positive"),
            models.CheckConstraint(condition=Q(due_at__gte=F("issued_at")), name="invoice_due"),
            models.CheckConstraint(
                condition=Q(voided_at=None, void_reason="") | Q(voided_at__isnull=False) & ~Q(void_reason=""),
                name="invoice_void_reason",
            ),
        ]

    def __str__(self) -> str:
        return self.number


class Payment(models.Model):
    """Money that arrived, once: what it was stays; the rest says how far it got.

    A transfer on a chain is `seen_at`, then `final_at` or `reverted_at`. `credited_at`: it stands in the ledger.
    One that fell away stays as a row; if it comes again it is another payment. `units` are the token's own, exact.
    `queued_reason` without `resolved_at`: the treasurer must say whose it is, and `decision_note` keeps why.
    """

    class Kind(models.TextChoices):
        CHAIN = "chain", _("Stablecoin")
        BANK = "bank", _("Bank transfer")
        CARD = "card", _("Card")

    kind = models.CharField(_("kind"), max_length=5, choices=Kind.choices)
    client = models.ForeignKey(
        Client, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("client")
    )
    invoice_hint = models.ForeignKey(
        Invoice, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("invoice")
    )
    amount_micro = models.BigIntegerField(_("amount, U"))
    received_on = models.DateField(_("arrived"))
    # A bank's reference of the transfer or a provider's event: the same evidence twice is the same money.
    evidence = models.CharField(_("evidence"), max_length=300, blank=True)
    chain_id = models.BigIntegerField(null=True, blank=True)
    tx_hash = models.CharField(_("transaction"), max_length=66, blank=True, db_collation=BYTE_ORDER)
    log_index = models.IntegerField(null=True, blank=True)
    token = models.CharField(_("token"), max_length=42, blank=True, db_collation=BYTE_ORDER)
    payer = models.CharField(_("paid from"), max_length=42, blank=True, db_collation=BYTE_ORDER)
    to = models.CharField(_("paid to"), max_length=42, blank=True, db_collation=BYTE_ORDER)
    units = models.DecimalField(_("units of the token"), max_digits=78, decimal_places=0, null=True, blank=True)
    block_number = models.BigIntegerField(_("block"), null=True, blank=True)
    block_hash = models.CharField(max_length=66, blank=True, db_collation=BYTE_ORDER)
    seen_at = models.DateTimeField(_("seen"))
    final_at = models.DateTimeField(_("final"), null=True, blank=True)
    reverted_at = models.DateTimeField(_("taken back"), null=True, blank=True)
    credited_at = models.DateTimeField(_("credited"), null=True, blank=True)
    queued_reason = models.CharField(_("why it waits"), max_length=40, blank=True)
    resolved_at = models.DateTimeField(_("decided"), null=True, blank=True)
    decision_note = models.CharField(_("why so"), max_length=300, blank=True)
    recorded_at = models.DateTimeField(db_default=Now(), editable=False)

    class Meta:
        verbose_name = _("payment")
        verbose_name_plural = _("payments")
        ordering = ["-received_on", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["chain_id", "tx_hash", "log_index"],
                condition=Q(kind="chain", reverted_at=None),
                name="payment_log_once",
            ),
            models.UniqueConstraint(
                fields=["kind", "evidence"], condition=~Q(kind="chain"), name="payment_evidence_once"
            ),
            models.CheckConstraint(condition=Q(amount_micro__gt=0), name="payment_positive"),
            models.CheckConstraint(
                condition=Q(
                    kind="chain",
                    chain_id__isnull=False,
                    log_index__isnull=False,
                    tx_hash__regex=HASH,
                    token__regex=ADDRESS,
                    payer__regex=ADDRESS,
                    to__regex=ADDRESS,
                    units__isnull=False,
                    units__gt=0,
                    block_number__isnull=False,
                    block_hash__regex=HASH,
                )
                | Q(
                    kind__in=("bank", "card"),
                    chain_id=None,
                    log_index=None,
                    tx_hash="",
                    token="",
                    payer="",
                    to="",
                    units=None,
                    block_number=None,
                    block_hash="",
                )
                & ~Q(evidence=""),
                name="payment_source",
            ),
            models.CheckConstraint(
                condition=Q(credited_at=None) | Q(final_at__isnull=False, client__isnull=False),
                name="payment_credited_final",
            ),
            # Decided and not credited: sent back, which needs its evidence.
            models.CheckConstraint(
                condition=Q(resolved_at=None, decision_note="")
                | Q(resolved_at__isnull=False) & (Q(credited_at__isnull=False) | ~Q(decision_note="")),
                name="payment_decided",
            ),
        ]
        indexes = [
            models.Index(fields=["client", "-received_on"], name="payment_of_client"),
            # What the watcher asks every ten seconds: the transfers of the last blocks.
            models.Index(
                fields=["chain_id", "block_number"],
                condition=Q(kind="chain", reverted_at=None),
                name="payment_standing",
            ),
            models.Index(
                fields=["seen_at"],
                condition=Q(credited_at=None, resolved_at=None, reverted_at=None),
                name="payment_open",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.received_on}"


class Allocation(models.Model):
    """What of a payment, or without one of the client's credit, pays an invoice. Append-only.

    Taken back by a second row that is its exact opposite. A payment goes to one invoice; its rest is credit.
    """

    payment = models.ForeignKey(Payment, on_delete=models.PROTECT, null=True, blank=True, related_name="allocations")
    invoice = models.ForeignKey(Invoice, on_delete=models.PROTECT, related_name="allocations")
    amount_micro = models.BigIntegerField(_("amount, U"))
    takes_back = models.OneToOneField("self", on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    allocated_at = models.DateTimeField(_("allocated"))
    recorded_at = models.DateTimeField(db_default=Now(), editable=False)

    class Meta:
        db_table = append_only("consulting_allocation")
        verbose_name = _("allocation")
        verbose_name_plural = _("allocations")
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(takes_back=None, amount_micro__gt=0) | Q(takes_back__isnull=False, amount_micro__lt=0),
                name="allocation_sign",
            ),
            models.UniqueConstraint(fields=["payment"], condition=Q(takes_back=None), name="allocation_payment_once"),
        ]

    def __str__(self) -> str:
        return f"{self.invoice} {self.amount_micro}"


class DepositAddress(models.Model):
    """An address of the group on the chain; the invoice that took it is the one that money to it pays."""

    address = models.CharField(_("address"), max_length=42, unique=True, db_collation=BYTE_ORDER)
    invoice = models.OneToOneField(
        Invoice, on_delete=models.PROTECT, null=True, blank=True, related_name="deposit_address"
    )
    added_at = models.DateTimeField(db_default=Now(), editable=False)

    class Meta:
        verbose_name = _("deposit address")
        verbose_name_plural = _("deposit addresses")
        constraints = [models.CheckConstraint(condition=Q(address__regex=ADDRESS), name="deposit_address")]

    def __str__(self) -> str:
        return self.address
