"""The treasurer's grant of a quarter's budget."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from charter.refusals import UnreadableQuarter
from charter.rules import quarters
from journal.refusals import Refusal
from treasury.forms.fields import AmountField, HoursField
from treasury.selectors.pages.grants import Suggestion

WRONG = _("Enter a whole number of 0 or more.")


class GrantForm(forms.Form):
    """What the DAO granted. Amounts in micro-units of U, hours in hundredths."""

    use_required_attribute = False

    quarter = forms.CharField(
        label=_("Quarter"),
        help_text=_("Like 2026-Q4."),
        max_length=7,
        widget=forms.TextInput(attrs={"class": "w-m", "autocomplete": "off"}),
        error_messages={
            "required": _("Enter the quarter like 2026-Q4."),
            "max_length": _("Enter the quarter like 2026-Q4."),
        },
    )
    headcount = forms.IntegerField(
        label=_("Expected members"),
        min_value=0,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "class": "w-m"}),
        error_messages={"required": WRONG, "invalid": WRONG, "min_value": WRONG},
    )
    hours_per_head = HoursField(label=_("Hours per head"), help_text=_("POW hours of one member in the quarter."))
    pow_u = AmountField(label=_("Granted for POW, U"), help_text=_("Nominal, before any part is paid in LXP."))
    stipend_u = AmountField(label=_("Granted for stipends, U"), help_text=_("What the pool pays of stipends."))

    def __init__(self, data: Mapping[str, Any] | None = None, *, suggestion: Suggestion | None = None) -> None:
        super().__init__(data, initial=_typed(suggestion) if suggestion else None)

    def clean_quarter(self) -> str:
        """As the charter writes it."""
        try:
            return str(quarters.parse(self.cleaned_data["quarter"]))
        except UnreadableQuarter as refusal:
            raise forms.ValidationError(str(refusal)) from refusal

    def refuse(self, refusal: Refusal) -> None:
        """Puts what the service said beside its field."""
        self.add_error(refusal.field if refusal.field in self.fields else None, str(refusal))


def _typed(suggestion: Suggestion) -> dict[str, Any]:
    return {
        "quarter": suggestion.quarter,
        "headcount": suggestion.headcount,
        "hours_per_head": suggestion.hours_centi,
        "pow_u": suggestion.pow_micro,
        "stipend_u": suggestion.stipend_micro,
    }
