"""Sign-in forms without placeholders, preferences, tokens."""

from typing import Any

from allauth.account import forms as theirs
from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from accounts.models import ApiToken, User
from accounts.selectors import is_address_of
from accounts.services import people
from accounts.services.tokens import DAYS_MOST
from journal.refusals import Refusal

PASSWORD_HINT = _("At least 10 characters, not only digits of your address and no password that everybody uses.")


class Plain:
    """allauth's forms with labels and one-line hints only."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields: dict[str, forms.Field] = self.fields  # type: ignore[attr-defined]
        for name, field in fields.items():
            field.widget.attrs.pop("placeholder", None)
            new = name == "password1"
            field.help_text = PASSWORD_HINT if new else ""


class LoginForm(Plain, theirs.LoginForm):
    """Address and password."""


class SignupForm(Plain, theirs.SignupForm):
    """Address and password, twice."""


class AddEmailForm(Plain, theirs.AddEmailForm):
    """Another address."""


class ChangePasswordForm(Plain, theirs.ChangePasswordForm):
    """The old password and a new one."""


class SetPasswordForm(Plain, theirs.SetPasswordForm):
    """A first password."""


class ReauthenticateForm(Plain, theirs.ReauthenticateForm):
    """The password once more."""


class ResetPasswordForm(Plain, theirs.ResetPasswordForm):
    """The address that gets the link, to an account whose address it is."""

    users: list[User]

    def clean_email(self) -> str:
        """Leaves out accounts that merely added the address: their link leads into a stranger's account."""
        email: str = super().clean_email()
        self.users = [user for user in self.users if is_address_of(email, user)]
        return email


class ResetPasswordKeyForm(Plain, theirs.ResetPasswordKeyForm):
    """A new password by a mailed link: whoever has the link reads the mailbox."""

    user: User

    def save(self) -> None:
        """Sets the password and notes that the address is proved."""
        super().save()
        people.prove_address(user=self.user)


UNSET = "auto"


def _stored(value: str) -> str:
    """What is kept of a choice: nothing when the browser or the system decides."""
    return "" if value == UNSET else value


class PreferenceForm(forms.Form):
    """Name, language, colours."""

    name = forms.CharField(label=_("Name"), max_length=120, required=False)
    language = forms.TypedChoiceField(
        label=_("Language"), coerce=_stored, choices=[(UNSET, _("As the browser asks")), *settings.LANGUAGES]
    )
    theme = forms.TypedChoiceField(
        label=_("Colours"), coerce=_stored, choices=[(value or UNSET, label) for value, label in User.Theme.choices]
    )


class TokenForm(forms.Form):
    """A new key to the API; the rules are the service's."""

    name = forms.CharField(
        label=_("What is it for?"), max_length=60, help_text=_("For example “laptop” or “claims script”")
    )
    scope = forms.ChoiceField(label=_("What may it do?"), choices=ApiToken.Scope.choices, initial=ApiToken.Scope.READ)
    days = forms.IntegerField(
        label=_("How many days is it valid?"),
        initial=90,
        min_value=1,
        max_value=DAYS_MOST,
        help_text=_("From 1 to 365"),
    )


class Refusable(forms.Form):
    """A form that shows a service's refusal beside its field."""

    def refuse(self, refusal: Refusal) -> None:
        """Puts what the service said beside its field."""
        self.add_error(refusal.field if refusal.field in self.fields else None, str(refusal))


class AddressForm(Refusable):
    """An address that will be asked to sign; the rules are the service's."""

    address = forms.CharField(
        label=_("Address of your wallet"),
        max_length=80,
        help_text=_("It begins with 0x. The same address counts on every network."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false", "data-wallet-address": ""}),
    )


class SignatureForm(Refusable):
    """What the wallet gave for the message."""

    signature = forms.CharField(
        label=_("Signature"),
        max_length=200,
        help_text=_("What your wallet gives after signing: 0x and 130 digits or letters."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false", "data-wallet-signature": ""}),
    )
