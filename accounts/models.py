"""People who can sign in. A user is not a member: applicants, clients and former members sign in too."""

from datetime import timedelta
from typing import Any, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import PermissionsMixin
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Lower, Now
from django.utils.translation import gettext_lazy as _

ADDRESS = r"^0x[0-9a-f]{40}$"


class UserManager(BaseUserManager["User"]):
    """Makes users by e-mail address."""

    def create_user(self, email: str, password: str | None = None, **fields: Any) -> "User":
        """A user with this address; without a password the first sign-in is a mailed link."""
        user = self.model(email=self.normalize_email(email), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email: str, password: str | None = None, **fields: Any) -> "User":
        """For `createsuperuser`: the person who installs the house."""
        return self.create_user(email, password, is_staff=True, is_superuser=True, **fields)

    @classmethod
    def normalize_email(cls, email: str | None) -> str:
        """Lower case throughout: allauth looks addresses up so, and no mail system we met tells cases apart."""
        return (email or "").strip().lower()

    def get_by_natural_key(self, username: str | None) -> "User":
        """Addresses are compared without regard to case."""
        return self.get(email=self.normalize_email(username))


class User(AbstractBaseUser, PermissionsMixin):
    """An e-mail address that can sign in."""

    class Theme(models.TextChoices):
        SYSTEM = "", _("As the system")
        LIGHT = "light", _("Light")
        DARK = "dark", _("Dark")

    email = models.EmailField(_("e-mail address"), max_length=254, unique=True)
    name = models.CharField(_("name"), max_length=120, blank=True)
    language = models.CharField(_("language"), max_length=10, blank=True, default="")
    theme = models.CharField(_("colours"), max_length=8, blank=True, default="", choices=Theme.choices)
    is_staff = models.BooleanField(_("may open the admin"), default=False)
    is_active = models.BooleanField(_("active"), default=True)
    date_joined = models.DateTimeField(_("since"), db_default=Now(), editable=False)

    objects: ClassVar[UserManager] = UserManager()

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    class Meta:
        verbose_name = _("user")
        verbose_name_plural = _("users")
        constraints = [
            # With the unique key: one account per address, however it is written.
            models.CheckConstraint(condition=Q(email=Lower("email")), name="user_email_small"),
        ]

    def __str__(self) -> str:
        return self.name or self.email


class ApiToken(models.Model):
    """A key to the API: stored as a digest, shown once, with scopes and an end."""

    class Scope(models.TextChoices):
        READ = "read", _("Read what I can read")
        WRITE = "write", _("Do what I can do")

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="tokens")
    name = models.CharField(_("name"), max_length=60)
    digest = models.CharField(max_length=64, unique=True)
    start = models.CharField(_("begins with"), max_length=12, help_text=_("Tells one token from another in a list"))
    scope = models.CharField(_("scope"), max_length=8, choices=Scope.choices, default=Scope.READ)
    created_at = models.DateTimeField(db_default=Now(), editable=False)
    expires_at = models.DateTimeField(_("expires"))
    last_used_at = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("API token")
        verbose_name_plural = _("API tokens")
        constraints = [
            models.CheckConstraint(condition=Q(scope__in=["read", "write"]), name="token_scope"),
            models.CheckConstraint(
                condition=Q(expires_at__lte=F("created_at") + timedelta(days=366)), name="token_within_a_year"
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Challenge(models.Model):
    """A message that an address is asked to sign, once, within five minutes. `purpose` says for what, in its words.

    `user` is empty where somebody who has no account proves an address. The nonce is no secret: the key that signs is.
    """

    nonce = models.CharField(max_length=32, unique=True)
    user = models.ForeignKey(User, on_delete=models.CASCADE, null=True, related_name="+")
    address = models.CharField(_("address"), max_length=42)
    purpose = models.CharField(max_length=320)
    message = models.TextField()
    issued_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)
    # Kept with the message, so that anybody can recompute the proof (manage.py verify does).
    signature = models.CharField(max_length=132, blank=True)

    class Meta:
        verbose_name = _("challenge")
        verbose_name_plural = _("challenges")
        constraints = [
            models.CheckConstraint(condition=Q(address__regex=ADDRESS), name="challenge_address"),
            models.CheckConstraint(
                condition=Q(expires_at__gt=F("issued_at")) & Q(expires_at__lte=F("issued_at") + timedelta(minutes=5)),
                name="challenge_within_minutes",
            ),
            models.CheckConstraint(
                condition=Q(used_at=None, signature="")
                | Q(used_at__isnull=False, used_at__gte=F("issued_at"), used_at__lt=F("expires_at")) & ~Q(signature=""),
                name="challenge_used_in_time",
            ),
        ]
        indexes = [models.Index(fields=["expires_at"], condition=Q(used_at=None), name="challenge_unused")]

    def __str__(self) -> str:
        return self.nonce


class Wallet(models.Model):
    """An address whose key a user has shown to hold. Payments from it are theirs; it signs nobody in."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="wallets")
    address = models.CharField(_("address"), max_length=42)
    proof = models.OneToOneField(Challenge, on_delete=models.PROTECT, related_name="+")
    proven_at = models.DateTimeField(_("proved"))
    removed_at = models.DateTimeField(_("removed"), null=True)

    class Meta:
        verbose_name = _("wallet")
        verbose_name_plural = _("wallets")
        constraints = [
            models.CheckConstraint(condition=Q(address__regex=ADDRESS), name="wallet_address"),
            models.UniqueConstraint(fields=["address"], condition=Q(removed_at=None), name="wallet_once"),
            models.CheckConstraint(
                condition=Q(removed_at=None) | Q(removed_at__gte=F("proven_at")), name="wallet_order"
            ),
        ]

    def __str__(self) -> str:
        return self.address
