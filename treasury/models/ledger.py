"""The transfer ledger: one row per transfer, two accounts of one asset, whole micro-units."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from journal.appendonly import append_only

BYTE_ORDER = "C"


class Asset(models.TextChoices):
    """U is a dollar stablecoin, LXP the DAO's points; both counted in micro-units."""

    U = "U", "U"
    LXP = "LXP", "LXP"


class Client(models.Model):
    """An outside party that pays for advice. The key is permanent, name and e-mail can be erased."""

    key = models.CharField(max_length=40, unique=True, db_collation=BYTE_ORDER)
    name = models.CharField(_("name"), max_length=120)
    email = models.EmailField(_("e-mail address"), blank=True)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    created_at = models.DateTimeField(db_default=Now(), editable=False)

    class Meta:
        verbose_name = _("client")
        verbose_name_plural = _("clients")
        ordering = ["name"]
        constraints = [models.UniqueConstraint(fields=["name"], name="client_name_once")]

    def __str__(self) -> str:
        return self.name


class Account(models.Model):
    """One account of one asset. Append-only: the set-wise reference checks of Transfer rely on it."""

    class Kind(models.TextChoices):
        DAO = "dao", _("The DAO")
        OUTSIDE = "outside", _("Outside")
        POOL = "pool", _("Group's pool")
        PAYABLE = "payable", _("Owed to a person")
        RECEIVABLE = "receivable", _("Owed by a client")
        ESCROW = "escrow", _("Held for an engagement")

    kind = models.CharField(_("kind"), max_length=12, choices=Kind.choices)
    owner = models.CharField(
        max_length=40,
        blank=True,
        db_collation=BYTE_ORDER,
        help_text=_("Handle, client key or engagement; empty for the DAO, outside and the pool"),
    )
    asset = models.CharField(_("asset"), max_length=4, choices=Asset.choices)

    class Meta:
        db_table = append_only("treasury_account")
        verbose_name = _("account")
        verbose_name_plural = _("accounts")
        ordering = ["kind", "owner", "asset"]
        constraints = [
            models.UniqueConstraint(fields=["kind", "owner", "asset"], name="account_once"),
            models.CheckConstraint(condition=Q(asset__in=["U", "LXP"]), name="account_asset"),
            models.CheckConstraint(
                condition=Q(kind__in=["dao", "outside", "pool"], owner="")
                | Q(kind__in=["payable", "receivable", "escrow"]) & ~Q(owner=""),
                name="account_owner",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind}:{self.owner}" if self.owner else self.kind


class Balance(models.Model):
    """What an account holds: credits minus debits. Made with its account and moved by triggers, proven by `verify`."""

    account = models.OneToOneField(Account, on_delete=models.PROTECT, primary_key=True, related_name="balance")
    amount_micro = models.BigIntegerField(default=0)
    # True for escrow: the database refuses to take more out than was put in.
    floored = models.BooleanField(default=False)

    class Meta:
        verbose_name = _("balance")
        verbose_name_plural = _("balances")
        constraints = [
            models.CheckConstraint(condition=Q(floored=False) | Q(amount_micro__gte=0), name="balance_floor")
        ]

    def __str__(self) -> str:
        return str(self.amount_micro)


class Posting(models.Model):
    """A business event that groups transfers. Append-only."""

    class Kind(models.TextChoices):
        GRANT = "grant", _("Budget grant")
        ACCEPTANCE = "acceptance", _("Accepted work")
        PAYOUT_RUN = "payout-run", _("Month's run")
        PAYMENT = "payment", _("Client’s payment")
        FUNDING = "funding", _("Client’s money held")
        RELEASE = "release", _("Held money given back")
        REFUND = "refund", _("Refund to a client")
        REVERSAL = "reversal", _("Reversal")

    kind = models.CharField(_("kind"), max_length=12, choices=Kind.choices)
    key = models.CharField(max_length=120, help_text=_("Unique with the kind: posted once"))
    occurred_on = models.DateField(_("day"))
    actor = models.CharField(max_length=80)
    recorded_at = models.DateTimeField(db_default=Now(), editable=False)

    class Meta:
        db_table = append_only("treasury_posting")
        verbose_name = _("posting")
        verbose_name_plural = _("postings")
        constraints = [models.UniqueConstraint(fields=["kind", "key"], name="posting_once")]

    def __str__(self) -> str:
        return f"{self.kind} {self.key}"


class Transfer(models.Model):
    """`amount_micro` of `asset` from the debit account to the credit account. Append-only.

    The keys carry no per-row foreign-key triggers: one AFTER STATEMENT trigger checks accounts, assets and posting for
    all new rows at once and moves the balances (performance.md: a third of the price). Accounts and postings can never
    be deleted, so the check holds for ever; `verify` proves it.
    """

    posting = models.ForeignKey(Posting, on_delete=models.PROTECT, related_name="transfers", db_constraint=False)
    debit = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="+", db_constraint=False, db_index=False)
    credit = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="+", db_constraint=False, db_index=False)
    asset = models.CharField(_("asset"), choices=Asset.choices)
    amount_micro = models.BigIntegerField(_("amount"))
    reference = models.CharField(_("reference"), db_collation=BYTE_ORDER)
    occurred_on = models.DateField(_("day"))
    reverses = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="+", db_constraint=False, db_index=False
    )

    class Meta:
        db_table = append_only("treasury_transfer")
        verbose_name = _("transfer")
        verbose_name_plural = _("transfers")
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(fields=["reference"], name="transfer_reference_once"),
            models.UniqueConstraint(
                fields=["reverses"], condition=Q(reverses__isnull=False), name="transfer_reversed_once"
            ),
            models.CheckConstraint(condition=Q(amount_micro__gt=0), name="transfer_positive"),
            models.CheckConstraint(condition=~Q(debit=F("credit")), name="transfer_two_accounts"),
        ]

    def __str__(self) -> str:
        return self.reference
