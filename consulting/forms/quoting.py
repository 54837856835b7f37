"""What a client asks for, what an expert offers, and how the client answers. Services decide."""

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from consulting.forms.offering import OwnForm, day_field
from consulting.rules.quoting import MILESTONES_MOST, Offer, Part, Signed
from treasury.forms.fields import AmountField, HoursField


class AskForm(OwnForm):
    """A request for a quote; who is signed in has an address already."""

    use_required_attribute = False

    name = forms.CharField(label=_("Your name"), max_length=120, widget=forms.TextInput(attrs={"autocomplete": "name"}))
    organisation = forms.CharField(
        label=_("Organisation"),
        max_length=120,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "organization"}),
    )
    email = forms.EmailField(
        label=_("E-mail address"), max_length=254, widget=forms.EmailInput(attrs={"autocomplete": "email"})
    )
    need = forms.CharField(
        label=_("What you need"),
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 8}),
        help_text=_("What should be different afterwards, what there is already, and by when."),
    )

    @staticmethod
    def typed(user: User | None) -> dict[str, Any]:
        """What is known of who asks."""
        return {"name": user.name, "email": user.email} if user else {}


class OfferForm(OwnForm):
    """The words and bounds of an offer; its milestones are `PartForm`s."""

    use_required_attribute = False

    title = forms.CharField(label=_("Title"), max_length=200)
    scope = forms.CharField(
        label=_("Scope"),
        max_length=8000,
        widget=forms.Textarea(attrs={"rows": 8}),
        help_text=_("What is done, what is not, and what the client brings."),
    )
    weights = forms.CharField(
        label=_("Experts and weights"),
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("One a line: the handle, then the weight. The experts’ part is shared in this proportion."),
    )
    valid_days = forms.IntegerField(
        label=_("Valid for, days"), initial=30, widget=forms.TextInput(attrs={"inputmode": "numeric", "class": "w-m"})
    )
    weekly = HoursField(
        label=_("Hours kept free each week"),
        required=False,
        help_text=_("For following a project; they count against your week."),
    )
    first_monday = day_field(_("From Monday"))
    weeks = forms.IntegerField(
        label=_("For how many weeks"),
        required=False,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "class": "w-m"}),
    )

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        self.fields["first_monday"].required = False

    def clean_weights(self) -> dict[str, int]:
        """`lin 2` a line as {"lin": 2}."""
        found: dict[str, int] = {}
        for line in self.cleaned_data["weights"].splitlines():
            handle, _space, number = line.strip().partition(" ")
            if not handle:
                continue
            number = number.strip() or "1"
            if handle in found or not number.isdecimal() or len(number) > 7:
                raise forms.ValidationError(_("Write each expert once: the handle, a space, a whole number."))
            found[handle] = int(number)
        return found


class PartForm(forms.Form):
    """One milestone; an empty one is left out."""

    use_required_attribute = False

    title = forms.CharField(label=_("Milestone"), max_length=200)
    criteria = forms.CharField(
        label=_("Accepted when"), max_length=2000, required=False, widget=forms.Textarea(attrs={"rows": 2})
    )
    price = AmountField(label=_("Price, U"))
    due_on = day_field(_("Due on"))

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        self.fields["due_on"].required = False


PartForms = forms.formset_factory(PartForm, extra=0, min_num=1, max_num=MILESTONES_MOST, absolute_max=MILESTONES_MOST)


def offer_of(given: Mapping[str, Any], parts: Sequence[Mapping[str, Any]]) -> Offer:
    """What was typed, as the service takes it."""
    return Offer(
        title=given["title"],
        scope=given["scope"],
        parts=[
            Part(part["title"], part["price"], part.get("criteria", ""), part.get("due_on")) for part in parts if part
        ],
        weights=given["weights"],
        valid_days=given["valid_days"],
        weekly_centi=given.get("weekly"),
        first_monday=given.get("first_monday"),
        weeks=given.get("weeks"),
    )


class AcceptForm(OwnForm):
    """The client's answer: a typed name, and a wallet's signature for who wants one."""

    use_required_attribute = False

    name = forms.CharField(
        label=_("Your full name"),
        max_length=120,
        help_text=_("Typing it and pressing the button is your signature."),
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    silent = forms.BooleanField(required=False)
    address = forms.CharField(label=_("Address of your wallet"), max_length=42, required=False)
    signature = forms.CharField(label=_("Signature"), max_length=200, required=False)

    def __init__(self, *args: Any, days: int, **more: Any) -> None:
        super().__init__(*args, **more)
        self.fields["silent"].label = _("What I do not answer within %(days)s days counts as accepted.") % {
            "days": days
        }

    @property
    def signed(self) -> Signed | None:
        """The signature, if one was given."""
        given = self.cleaned_data
        if not given.get("signature"):
            return None
        return Signed(given.get("address", ""), given["signature"])
