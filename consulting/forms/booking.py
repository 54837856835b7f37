"""What a client types to book a time, to prove an address, to move; services decide."""

from datetime import datetime
from typing import Any

from django import forms
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from charter.rules.terms import Terms
from consulting.forms.finding import zone_field
from consulting.refusals.booking import SlotTaken
from consulting.rules import slots
from consulting.rules.bookings import Details
from journal.refusals import Refusal

# What the database's calendar and the zones' can both hold, by far.
EARLIEST, LATEST = 2000, 9000
FACT, FINDINGS = "fact", "findings"
PUBLISH: list[tuple[str, str | Promise]] = [
    (FACT, _("Only the fact")),
    (FINDINGS, _("Findings too, once we agree")),
]


class MomentField(forms.CharField):
    """A moment with its distance to UTC, such as 2026-11-24T16:00+08:00."""

    def clean(self, value: Any) -> Any:
        """The moment; SlotTaken's words for what is none."""
        typed: str = super().clean(value)
        if not typed:
            return None
        try:
            moment = datetime.fromisoformat(typed)
        except ValueError:
            moment = None
        if moment is None or moment.tzinfo is None or not EARLIEST < moment.year < LATEST:
            raise forms.ValidationError(str(SlotTaken()))
        return moment


class AskedForm(forms.Form):
    """Which time is asked for; all of it stands in the address of the page. Nothing asked for is the next free time."""

    start = MomentField(label=_("Time"), required=False)
    minutes = forms.IntegerField(required=False, widget=forms.HiddenInput())
    zone = zone_field()

    def clean_minutes(self) -> int:
        """A length that is offered, an hour unless said."""
        minutes = self.cleaned_data["minutes"] or 60
        try:
            return slots.check_minutes(minutes)
        except Refusal as refusal:
            raise forms.ValidationError(str(refusal)) from refusal


class BookForm(forms.Form):
    """Who books, and what the expert should prepare. Somebody who is signed in books under their own address."""

    name = forms.CharField(label=_("Your name"), max_length=120, widget=forms.TextInput(attrs={"autocomplete": "name"}))
    organisation = forms.CharField(
        label=_("Organisation"),
        max_length=120,
        required=False,
        help_text=_("Shown on the invoice."),
        widget=forms.TextInput(attrs={"autocomplete": "organization"}),
    )
    email = forms.EmailField(
        label=_("E-mail address"),
        max_length=254,
        help_text=_("A code goes there; you need no account."),
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
    )
    topic = forms.CharField(
        label=_("What should the expert prepare?"),
        max_length=4000,
        required=False,
        help_text=_("A link to the code and your two most important questions are enough. Do not send secrets."),
        widget=forms.Textarea(attrs={"rows": 5}),
    )
    publish = forms.ChoiceField(
        label=_("May the group write about it?"), choices=PUBLISH, initial=FACT, widget=forms.RadioSelect()
    )
    silent = forms.BooleanField(required=False)

    def __init__(self, *args: Any, user: User | None, terms: Terms, **more: Any) -> None:
        super().__init__(*args, **more)
        self.user = user
        if user is not None:
            self.fields["name"].initial = user.name
            del self.fields["email"]
        self.fields["silent"].label = (
            _("If I do not answer within %(days)s days after a session was delivered, it counts as accepted")
            % {"days": terms.silent_accept_days}
        )  # fmt: skip

    def details(self, *, zone: str, language: str) -> Details:
        """What was typed, for the service."""
        values = self.cleaned_data
        return Details(
            name=values["name"],
            email=self.user.email if self.user else values["email"],
            organisation=values["organisation"],
            topic=values["topic"],
            may_publish=values["publish"] == FINDINGS,
            silent=values["silent"],
            time_zone=zone,
            language=language,
        )

    def refuse(self, refusal: Refusal) -> None:
        """Shows what a service said."""
        self.add_error(refusal.field if refusal.field in self.fields else None, str(refusal))


class CodeForm(forms.Form):
    """The mailed code."""

    code = forms.CharField(
        label=_("The six digits of the mail"),
        max_length=20,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "one-time-code"}),
    )

    def refuse(self, refusal: Refusal) -> None:
        """Shows what a service said."""
        self.add_error("code", str(refusal))


class MoveForm(forms.Form):
    """Another time; `day` is the one from which times are shown."""

    start = MomentField(label=_("Time"))
    day = forms.DateField(required=False)

    def refuse(self, refusal: Refusal) -> None:
        """Shows what a service said."""
        self.add_error(None, str(refusal))
