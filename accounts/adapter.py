"""What we ask of allauth: mail through the outbox, links from BASE_URL, redirects on this site only."""

import re
from datetime import datetime
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.models import EmailConfirmation
from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.preferences import remember_language
from accounts.services import mail, tokens
from charter import selectors as charter

# What allauth wants to say, by the names of its templates; what is not here is said by the next page.
SAID = {
    "password_changed": _("Your password is changed. Other browsers are signed out."),
    "password_set": _("Your password is set."),
    "email_confirmed": _("Your address is confirmed."),
    "email_deleted": _("The address is removed."),
    "primary_email_set": _("Messages go to this address from now on."),
    "cannot_delete_primary_email": _("This is your first address. Make another one the first, then remove it."),
    "unverified_primary_email": _("Confirm the address before you make it the first."),
}
_ADDRESS = re.compile(r"https?://\S+")


def base_url() -> str:
    """Where this site is reached, by configuration: a request's Host header can be anything."""
    return str(settings.BASE_URL).rstrip("/")


class AccountAdapter(DefaultAccountAdapter):
    """Sign-up is open: an account alone opens nothing but an application."""

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Renders subject and text and puts the mail into the outbox."""
        links = {name: context[name] for name in ("activate_url", "password_reset_url") if name in context}
        words = links | {"email": email, "base_url": base_url(), "group": _group_name()}
        subject = " ".join(render_to_string(f"{template_prefix}_subject.txt", words).split())
        text = render_to_string(f"{template_prefix}_message.txt", words).strip() + "\n"
        if any(not found.startswith(base_url()) for found in _ADDRESS.findall(text)):
            raise ValueError(f"{template_prefix} leads to another site than {base_url()}")
        sender = settings.DEFAULT_FROM_EMAIL
        mail.put(to=email, subject=f"[{_group_name()}] {subject}", text=text, sender=sender, at=_now())

    def get_reset_password_from_key_url(self, key: str) -> str:
        """The link that sets a password; also the first sign-in of a user without one."""
        uidb36, _dash, secret = key.partition("-")
        path = reverse("account_reset_password_from_key", kwargs={"uidb36": uidb36, "key": secret})
        return base_url() + path

    def get_email_confirmation_url(self, request: HttpRequest, emailconfirmation: EmailConfirmation) -> str:
        """The link that confirms an address."""
        return base_url() + reverse("account_confirm_email", args=[emailconfirmation.key])

    def send_account_already_exists_mail(self, email: str) -> None:
        """What a sign-up with a known address gets instead of an account."""
        self.send_mail("account/email/account_already_exists", email, {})

    def is_safe_url(self, url: str | None) -> bool:
        """Only paths of this site: no host is trusted because a request named it."""
        return bool(url) and url_has_allowed_host_and_scheme(url, allowed_hosts=None)

    def post_login(self, request: HttpRequest, user: User, **more: Any) -> HttpResponse:
        """Brings the person's language to this browser."""
        response: HttpResponse = super().post_login(request, user, **more)
        if user.language:
            remember_language(response, user.language)
        return response

    def add_message(
        self, request: HttpRequest, level: int, message_template: str | None = None, *args: Any, **more: Any
    ) -> None:
        """One sentence of ours where the page that follows does not say itself what happened."""
        text = SAID.get((message_template or "").removeprefix("account/messages/").removesuffix(".txt"))
        if text:
            messages.add_message(request, level, str(text))

    def set_password(self, user: User, password: str) -> None:
        """A new password ends the account's API tokens too: whoever knew the old one may have made some."""
        super().set_password(user, password)
        tokens.revoke_all(user=user, at=_now())

    def get_password_change_redirect_url(self, request: HttpRequest) -> str:
        """Back to the settings, where one came from."""
        return reverse("accounts:settings")

    def _get_login_attempts_cache_key(self, request: HttpRequest, **credentials: Any) -> str:
        # By address alone: allauth's own key holds the Host header, which the caller chooses.
        return str(credentials.get("email") or credentials.get("username") or "").lower()


def _group_name() -> str:
    return charter.group().name if charter.founded() else "Expert group"


def _now() -> datetime:
    return timezone.now()
