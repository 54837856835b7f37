"""What the treasurer enters: each form reads its fields and lets a service decide."""

from collections.abc import Iterable
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from consulting.models import Engagement, Session
from consulting.rules.orders import WEIGHT_MOST
from consulting.services import engagements
from journal.refusals import Refusal
from members.models import Member
from members.selectors.people import actor
from treasury.models import Client
from treasury.services.clients import client_named

MICRO = 1_000_000
CENTI = 100
# Where a rule names a field of the model, the form has its own.
FIELDS = {"price_micro": "price", "rate_micro": "rate", "hours_centi": "hours"}


class DayField(forms.DateField):
    """A calendar day in the group's zone, with the browser's own picker."""

    widget = forms.DateInput(attrs={"type": "date", "class": "vDateField"}, format="%Y-%m-%d")


class AmountField(forms.DecimalField):
    """U with at most six decimals; its value is in micro-units."""

    def __init__(self, **more: Any) -> None:
        super().__init__(max_digits=15, decimal_places=6, **more)

    def clean(self, value: Any) -> Any:
        """`415.5` as 415500000; None where nothing was entered."""
        read: Decimal | None = super().clean(value)
        return None if read is None else int(read * MICRO)

    def prepare_value(self, value: Any) -> Any:
        """Micro-units as they are typed."""
        return f"{Decimal(value) / MICRO:f}" if isinstance(value, int) else value


class HoursField(forms.DecimalField):
    """Hours with at most two decimals; its value is in hundredths."""

    def __init__(self, **more: Any) -> None:
        super().__init__(max_digits=4, decimal_places=2, **more)

    def clean(self, value: Any) -> Any:
        """`1.5` as 150."""
        read: Decimal | None = super().clean(value)
        return None if read is None else int(read * CENTI)

    def prepare_value(self, value: Any) -> Any:
        """Hundredths as they are typed."""
        return f"{Decimal(value) / CENTI:f}" if isinstance(value, int) else value


class EntryForm(forms.Form):
    """Something to enter: `enter` calls the service, `refuse` puts its answer where it belongs."""

    def enter(self, *, by: User, at: datetime) -> Any:
        """Calls the service; raises its refusals."""
        raise NotImplementedError

    def refuse(self, refusal: Refusal) -> None:
        """Shows what the service said beside its field, or above the form."""
        field = FIELDS.get(refusal.field or "", refusal.field or "")
        self.add_error(field if field in self.fields else None, str(refusal))


class ClientForm(EntryForm):
    """A client; with an address somebody can sign in for them."""

    name = forms.CharField(label=_("Name"), max_length=120)
    email = forms.EmailField(
        label=_("E-mail address"),
        required=False,
        max_length=254,
        help_text=_("A listed client without an address gets this one."),
    )

    def clean(self) -> dict[str, Any]:
        """A listed name is entered again only to give it its address."""
        values = super().clean() or {}
        known = Client.objects.filter(name=values.get("name")).first()
        if known is not None and (known.email or not values.get("email")):
            self.add_error("name", _("This client is listed already."))
        return values

    def enter(self, *, by: User, at: datetime) -> Client:
        """Makes the client, or gives it its address."""
        engagements.require_treasurer(by, at)
        return client_named(name=self.cleaned_data["name"], email=self.cleaned_data["email"], by=actor(by), at=at)


class EngagementForm(EntryForm):
    """A new engagement."""

    reference = forms.CharField(label=_("Reference"), max_length=40, help_text=_("For instance E-2026-014; permanent."))
    client = forms.ModelChoiceField(Client.objects.order_by("name"), label=_("Client"), required=False)
    new_client = forms.CharField(
        label=_("Or a new client"),
        max_length=120,
        required=False,
        help_text=_("The name of somebody who is not listed."),
    )
    title = forms.CharField(label=_("Title"), max_length=200)
    pricing = forms.ChoiceField(label=_("Pricing"), choices=Engagement.Pricing.choices)
    price = AmountField(label=_("Price, U"), required=False, help_text=_("For a fixed price only."))
    opened_on = DayField(label=_("Opened"))

    def clean(self) -> dict[str, Any]:
        """One client: listed or new."""
        values = super().clean() or {}
        if bool(values.get("client")) == bool(values.get("new_client")):
            self.add_error("client", _("Choose a client, or name a new one."))
        return values

    def enter(self, *, by: User, at: datetime) -> Engagement:
        """Opens the engagement."""
        values = self.cleaned_data
        engagements.require_treasurer(by, at)
        client = values["client"] or client_named(name=values["new_client"], by=actor(by), at=at)
        return engagements.open_engagement(
            reference=values["reference"],
            client=client,
            title=values["title"],
            pricing=values["pricing"],
            price_micro=values["price"],
            opened_on=values["opened_on"],
            by=by,
            at=at,
        )


class WorkForm(EntryForm):
    """Day, hours and rate of a session."""

    held_on = DayField(label=_("Day"))
    hours = HoursField(label=_("Hours"))
    rate = AmountField(
        label=_("Rate, U an hour"), required=False, help_text=_("Only where the work is paid by the hour.")
    )


class SessionForm(WorkForm):
    """A new session."""

    field_order = ("reference", "engagement", "member", "held_on", "hours", "rate")
    reference = forms.CharField(label=_("Reference"), max_length=40, help_text=_("For instance S-2026-101; permanent."))
    engagement = forms.ModelChoiceField(
        Engagement.objects.filter(accepted_on=None).order_by("reference"),
        label=_("Engagement"),
        help_text=_("Those that the client has not accepted yet."),
    )
    member = forms.ModelChoiceField(Member.objects.order_by("handle"), label=_("Expert"))

    def enter(self, *, by: User, at: datetime) -> Session:
        """Records the session."""
        values = self.cleaned_data
        return engagements.record_session(
            engagement=values["engagement"],
            reference=values["reference"],
            member=values["member"],
            held_on=values["held_on"],
            hours_centi=values["hours"],
            rate_micro=values["rate"],
            by=by,
            at=at,
        )


class CorrectionForm(WorkForm):
    """A session put right."""

    def __init__(self, data: Any = None, *, session: Session) -> None:
        super().__init__(
            data, initial={"held_on": session.held_on, "hours": session.hours_centi, "rate": session.rate_micro}
        )
        self.session = session

    def enter(self, *, by: User, at: datetime) -> Session:
        """Corrects the session."""
        values = self.cleaned_data
        return engagements.correct_session(
            session=self.session,
            held_on=values["held_on"],
            hours_centi=values["hours"],
            rate_micro=values["rate"],
            by=by,
            at=at,
        )


class WeightsForm(EntryForm):
    """The agreed weights of a fixed price: one field a member, empty for none."""

    def __init__(self, data: Any = None, *, engagement: Engagement, members: Iterable[Member]) -> None:
        super().__init__(data)
        self.engagement = engagement
        self.members = {f"weight_{member.handle}": member for member in members}
        agreed = {row.member_id: row.weight for row in engagement.weights.all()}
        for name, member in self.members.items():
            self.fields[name] = forms.IntegerField(
                label=f"{member.name} ({member.handle})",
                required=False,
                min_value=0,
                max_value=WEIGHT_MOST,
                initial=agreed.get(member.pk),
            )

    def enter(self, *, by: User, at: datetime) -> Engagement:
        """Agrees the weights."""
        weights = {
            member: self.cleaned_data[name]
            for name, member in self.members.items()
            if self.cleaned_data[name] is not None
        }
        return engagements.set_weights(engagement=self.engagement, weights=weights, by=by, at=at)


class AcceptanceForm(forms.Form):
    """The day of an acceptance, and the seal of what was shown for it."""

    accepted_on = DayField(label=_("Accepted on"))
    seal = forms.CharField(widget=forms.HiddenInput, required=False, max_length=64)


def day_of(text: str, otherwise: date) -> date:
    """A day as the picker writes it, or another one where it is none."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        return otherwise
