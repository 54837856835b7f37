"""What is filled in about client money: disputes by the sides, the rest by the treasurer."""

from datetime import datetime
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from consulting.forms.entry import AmountField, DayField, EntryForm
from consulting.forms.offering import OwnForm
from consulting.models import Engagement
from consulting.selectors import escrow as held
from consulting.services import milestones, refunds
from consulting.services.milestones import Planned
from journal import writing
from journal.refusals import Refusal
from treasury.models import Client

# One empty line more than there are, so that a plan can grow.
STAGES_LEAST = 4
FIELDS = {"amount_micro": "amount"}


class DisputeForm(OwnForm):
    """What is wrong."""

    reason = forms.CharField(
        label=_("What is wrong"),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("Both sides, the treasurer and the leader read it."),
    )


class OfferForm(OwnForm):
    """The percentage that somebody signs."""

    percent = forms.IntegerField(
        label=_("Per cent of what is open for the experts and the pool"), min_value=0, max_value=100
    )


class MoneyForm(EntryForm):
    """A form of the treasurer's whose amount is in U."""

    def refuse(self, refusal: Refusal) -> None:
        """The answer beside its field."""
        field = FIELDS.get(refusal.field or "", refusal.field or "")
        self.add_error(field if field in self.fields else None, str(refusal))


class RefundForm(MoneyForm):
    """A refund of one unit. The choice carries what had gone back when it was shown: sent twice it counts once."""

    unit = forms.ChoiceField(label=_("Of what"))
    amount = AmountField(label=_("Amount, U"))
    reason = forms.CharField(label=_("Reason"), max_length=500)

    def __init__(self, data: Any = None, *, engagement: Engagement) -> None:
        super().__init__(data)
        self.engagement = engagement
        units = [unit for unit in held.units_of(engagement) if unit.left_micro]
        self.choices = {f"{unit.reference}:{unit.refunded_micro}": unit for unit in units}
        choice = self.fields["unit"]
        assert isinstance(choice, forms.ChoiceField)
        choice.choices = [
            (
                key,
                _("%(unit)s: %(left)s U left")
                % {"unit": unit.reference or engagement.reference, "left": writing.money(unit.left_micro)},
            )
            for key, unit in self.choices.items()
        ]
        choice.error_messages["invalid_choice"] = _(
            "Something of this was refunded since you looked. Check what is left and confirm again."
        )

    def enter(self, *, by: User, at: datetime) -> Engagement:
        """Gives it back."""
        values = self.cleaned_data
        unit = self.choices[values["unit"]]
        refunds.refund(
            engagement=self.engagement,
            unit=unit.reference,
            amount_micro=values["amount"],
            reason=values["reason"],
            before_micro=unit.refunded_micro,
            by=by,
            at=at,
        )
        return self.engagement


class PaybackForm(MoneyForm):
    """A client's credit that was paid out."""

    amount = AmountField(label=_("Amount, U"))
    evidence = forms.CharField(
        label=_("Evidence"), max_length=200, help_text=_("The bank’s or the chain’s reference of the payment.")
    )
    paid_on = DayField(label=_("Paid on"))

    def __init__(self, data: Any = None, *, client: Client, initial: Any = None) -> None:
        super().__init__(data, initial=initial)
        self.client = client
        credit = max(0, held.credit_micro(client))
        self.fields["amount"].help_text = _("The credit is %(credit)s U.") % {"credit": writing.money(credit)}

    def enter(self, *, by: User, at: datetime) -> Client:
        """Puts it on record."""
        values = self.cleaned_data
        refunds.pay_back(
            client=self.client,
            amount_micro=values["amount"],
            evidence=values["evidence"],
            paid_on=values["paid_on"],
            by=by,
            at=at,
        )
        return self.client


class MilestonesForm(MoneyForm):
    """The milestones of a fixed price, a line each; an empty line is none."""

    def __init__(self, data: Any = None, *, engagement: Engagement) -> None:
        super().__init__(data)
        self.engagement = engagement
        agreed = list(engagement.milestones.order_by("reference"))
        self.numbers = range(1, max(STAGES_LEAST, len(agreed) + 1) + 1)
        for number in self.numbers:
            row = agreed[number - 1] if number <= len(agreed) else None
            words = {"number": number}
            self.fields[f"title_{number}"] = forms.CharField(
                label=_("Milestone %(number)s") % words,
                max_length=200,
                required=False,
                initial=row.title if row else "",
            )
            self.fields[f"price_{number}"] = AmountField(
                label=_("Its price, U"), required=False, initial=row.price_micro if row else None
            )
            self.fields[f"criteria_{number}"] = forms.CharField(
                label=_("Accepted when"), max_length=2000, required=False, initial=row.criteria if row else ""
            )
            due = DayField(label=_("Due"), required=False, initial=row.due_on if row else None)
            self.fields[f"due_{number}"] = due

    def enter(self, *, by: User, at: datetime) -> Engagement:
        """Agrees them."""
        values = self.cleaned_data
        plan = [
            Planned(
                values[f"title_{number}"],
                values[f"price_{number}"] or 0,
                values[f"criteria_{number}"],
                values[f"due_{number}"],
            )
            for number in self.numbers
            if values[f"title_{number}"] or values[f"price_{number}"]
        ]
        milestones.agree(engagement=self.engagement, plan=plan, by=by, at=at)
        return self.engagement

    def refuse(self, refusal: Refusal) -> None:
        """Above the form: it is about all lines."""
        self.add_error(None, str(refusal))
