"""Members, their periods of membership, roles with a term, applications and interviews."""

from django.conf import settings
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeOperators
from django.db import models
from django.db.models import F, Func, Q, Value
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

HANDLE = r"^[a-z][a-z0-9-]{1,30}$"
RESERVED_HANDLES = ("pool", "system")
BYTE_ORDER = "C"


def key_range(field: str) -> Func:
    """`int8range(key, key, '[]')`: lets a plain key stand in a GiST exclusion without any extension."""
    return Func(F(field), F(field), Value("[]"), function="int8range")


def day_range(first: str, last: str) -> Func:
    """The days from first to last, both included; without a last day it never ends."""
    return Func(F(first), F(last), Value("[]"), function="daterange")


def away_range() -> Func:
    """The days of a leave that count: until the day of return, none of them if that came first."""
    # The migration writes these in the order of their names, and Django compares them in order.
    after = Func(F("last_on"), Value(1), arg_joiner=" + ", template="(%(expressions)s)")
    until = Func(F("first_on"), Func(after, F("ended_on"), function="LEAST"), function="GREATEST")
    return Func(F("first_on"), until, Value("[)"), function="daterange")


class Member(models.Model):
    """A person who is or was a member. The handle is a pseudonym and stays; name, e-mail and wallet can be erased."""

    handle = models.CharField(_("handle"), max_length=31, unique=True, db_collation=BYTE_ORDER)
    name = models.CharField(_("name"), max_length=120)
    email = models.EmailField(_("e-mail address"), blank=True)
    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    builder_since = models.DateField(_("builder since"), null=True, blank=True)
    builder_url = models.URLField(_("link that shows it"), blank=True, max_length=500)
    wallet = models.CharField(_("wallet"), max_length=42, blank=True)
    created_at = models.DateTimeField(db_default=Now(), editable=False)

    class Meta:
        verbose_name = _("member")
        verbose_name_plural = _("members")
        ordering = ["handle"]
        constraints = [
            models.CheckConstraint(condition=Q(handle__regex=HANDLE), name="member_handle"),
            models.CheckConstraint(condition=~Q(handle__in=RESERVED_HANDLES), name="member_handle_free"),
            models.UniqueConstraint(fields=["wallet"], condition=~Q(wallet=""), name="member_wallet_once"),
        ]

    def __str__(self) -> str:
        return self.name


class Membership(models.Model):
    """One period of membership, both days included; a person who came back has several."""

    member = models.ForeignKey(Member, on_delete=models.PROTECT, related_name="memberships")
    joined_on = models.DateField(_("joined"))
    exited_on = models.DateField(_("left"), null=True, blank=True)
    decided_by = models.CharField(_("decision"), max_length=120, help_text=_("The proposal, founding or import"))
    recorded_at = models.DateTimeField(db_default=Now(), editable=False)

    class Meta:
        verbose_name = _("membership")
        verbose_name_plural = _("memberships")
        ordering = ["member__handle", "joined_on"]
        constraints = [
            models.CheckConstraint(
                condition=Q(exited_on=None) | Q(exited_on__gte=F("joined_on")), name="membership_order"
            ),
            ExclusionConstraint(
                name="membership_apart",
                expressions=[
                    (key_range("member"), RangeOperators.OVERLAPS),
                    (day_range("joined_on", "exited_on"), RangeOperators.OVERLAPS),
                ],
            ),
        ]

    def __str__(self) -> str:
        return f"{self.member} {self.joined_on}"


class Term(models.Model):
    """A role held from a day to a day. The leader is a member; the treasurer a user who need not be one."""

    class Role(models.TextChoices):
        LEADER = "leader", _("Leader")
        TREASURER = "treasurer", _("Treasurer")

    role = models.CharField(_("role"), max_length=12, choices=Role.choices)
    member = models.ForeignKey(
        Member, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("member")
    )
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("user"),
    )
    deputy = models.ForeignKey(
        Member,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        help_text=_("Decides the leader's own claims"),
        verbose_name=_("deputy"),
    )
    starts_on = models.DateField(_("starts"))
    ends_on = models.DateField(_("ends"), null=True, blank=True)
    decided_by = models.CharField(_("decision"), max_length=120)
    recorded_at = models.DateTimeField(db_default=Now(), editable=False)

    class Meta:
        verbose_name = _("term")
        verbose_name_plural = _("terms")
        ordering = ["role", "starts_on"]
        constraints = [
            models.CheckConstraint(condition=Q(ends_on=None) | Q(ends_on__gte=F("starts_on")), name="term_order"),
            models.CheckConstraint(
                condition=Q(role="leader", member__isnull=False, user=None)
                | Q(role="treasurer", user__isnull=False, member=None, deputy=None),
                name="term_holder",
            ),
            models.CheckConstraint(condition=Q(deputy=None) | ~Q(deputy=F("member")), name="term_deputy_other"),
            ExclusionConstraint(
                name="term_leader_alone",
                expressions=[(day_range("starts_on", "ends_on"), RangeOperators.OVERLAPS)],
                condition=Q(role="leader"),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_role_display()} {self.starts_on}"


class Leave(models.Model):
    """Days on which a member is away by their own word, both included; `ended_on` is the day of an earlier return."""

    member = models.ForeignKey(Member, on_delete=models.PROTECT, related_name="leaves", verbose_name=_("member"))
    first_on = models.DateField(_("first day"))
    last_on = models.DateField(_("last day"))
    ended_on = models.DateField(_("back from"), null=True, blank=True)
    declared_at = models.DateTimeField(_("declared"))
    recorded_at = models.DateTimeField(db_default=Now(), editable=False)

    class Meta:
        verbose_name = _("leave")
        verbose_name_plural = _("leaves")
        ordering = ["member__handle", "first_on"]
        constraints = [
            models.CheckConstraint(condition=Q(last_on__gte=F("first_on")), name="leave_order"),
            models.CheckConstraint(condition=Q(ended_on=None) | Q(ended_on__lte=F("last_on")), name="leave_return"),
            ExclusionConstraint(
                name="leave_apart",
                expressions=[
                    (key_range("member"), RangeOperators.OVERLAPS),
                    (away_range(), RangeOperators.OVERLAPS),
                ],
            ),
        ]

    def __str__(self) -> str:
        return f"{self.member} {self.first_on}"


class Application(models.Model):
    """Somebody asks to become a member (join.2.1). Its state follows from its dates."""

    class Criterion(models.TextChoices):
        FIELD = "req.1.a", _("Technical expert of a traditional field, 5 years of work or more")
        WEB3 = "req.1.b", _("Web3 technical expert, 2 years or more, with a recognised project")
        CONTENT = "req.1.c", _("Web3 technical expert with a successful project or a rich published record")

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    handle = models.CharField(_("handle"), max_length=31, blank=True, db_collation=BYTE_ORDER)
    name = models.CharField(_("name"), max_length=120, blank=True)
    criteria = models.JSONField(_("criteria"), default=list, help_text=_("Ids of req.1 that the applicant claims"))
    experience = models.JSONField(_("experience"), default=dict, help_text=_("Month and year per criterion, field"))
    evidence = models.JSONField(_("evidence"), default=list, help_text=_("One to six links, each with what it shows"))
    project = models.TextField(_("a mature project of medium or large size"), blank=True, max_length=2000)
    open_source = models.TextField(_("open-source work"), blank=True, max_length=2000)
    communication = models.TextField(_("how you work with others"), blank=True, max_length=2000)
    weekly_hours_centi = models.IntegerField(_("hours offered a week"), null=True, blank=True)
    builder_since = models.DateField(_("builder since"), null=True, blank=True)
    builder_url = models.URLField(_("link that shows it"), blank=True, max_length=500)
    builder_confirmed_by = models.ForeignKey(Member, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    created_at = models.DateTimeField(db_default=Now(), editable=False)
    saved_at = models.DateTimeField()
    submitted_at = models.DateTimeField(_("sent"), null=True, blank=True)
    withdrawn_at = models.DateTimeField(_("taken back"), null=True, blank=True)
    closed_at = models.DateTimeField(
        _("closed"), null=True, blank=True, help_text=_("Admitted, or given up by the group")
    )
    member = models.ForeignKey(
        Member, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("member")
    )

    class Meta:
        verbose_name = _("application")
        verbose_name_plural = _("applications")
        ordering = ["-created_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["user"], condition=Q(withdrawn_at=None, closed_at=None), name="application_open_once"
            ),
            models.UniqueConstraint(
                fields=["handle"],
                condition=Q(withdrawn_at=None, closed_at=None) & ~Q(handle="") & ~Q(submitted_at=None),
                name="application_handle_once",
            ),
        ]

    def __str__(self) -> str:
        return self.name or str(self.user)

    @property
    def has_ended(self) -> bool:
        """Whether its applicant took it back, or it was closed: there is nothing to decide any more."""
        return self.withdrawn_at is not None or self.closed_at is not None


class Interview(models.Model):
    """The interview on the template (join.2.2): who held it, when, and the answers."""

    application = models.ForeignKey(
        Application, on_delete=models.PROTECT, related_name="interviews", verbose_name=_("application")
    )
    held_on = models.DateField(_("held on"))
    minutes = models.IntegerField(_("minutes"))
    interviewers = models.ManyToManyField(Member, related_name="+", verbose_name=_("interviewers"))
    answers = models.JSONField(_("answers"), default=dict, help_text=_("By the questions of the template"))
    summary = models.TextField(_("summary"), max_length=4000)
    recorded_by = models.CharField(max_length=80)
    recorded_at = models.DateTimeField(db_default=Now(), editable=False)

    class Meta:
        verbose_name = _("interview")
        verbose_name_plural = _("interviews")
        ordering = ["-held_on"]
        constraints = [models.CheckConstraint(condition=Q(minutes__gte=5, minutes__lte=480), name="interview_minutes")]

    def __str__(self) -> str:
        return f"{self.application} {self.held_on}"
