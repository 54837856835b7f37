"""What the treasurer enters about invoices and payments. Services decide."""

from datetime import datetime
from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from consulting.forms.offering import OwnForm, day_field
from consulting.models import Engagement, Invoice
from consulting.rules.billing import Line, hourly_line
from treasury.forms.fields import AmountField, HoursField


class ConfirmForm(OwnForm):
    """A transfer that arrived in the bank."""

    use_required_attribute = False

    amount = AmountField(label=_("Amount that arrived, U"))
    received_on = day_field(_("Day on which it arrived"))
    evidence = forms.CharField(
        label=_("The bank’s reference of the transfer"),
        help_text=_("As on the statement. The same reference confirms one payment only."),
        max_length=300,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )


class VoidForm(OwnForm):
    """Why an invoice asks for nothing any more."""

    use_required_attribute = False

    reason = forms.CharField(label=_("Why it is void"), max_length=200)


class IssueForm(OwnForm):
    """An invoice of one line: hours and rate, or an amount."""

    use_required_attribute = False

    text = forms.CharField(label=_("What for"), max_length=200)
    hours = HoursField(label=_("Hours"), required=False, help_text=_("Hours and rate, or an amount."))
    rate = AmountField(label=_("Rate, U an hour"), required=False)
    amount = AmountField(label=_("Amount, U"), required=False)
    due_on = day_field(_("Due on"))
    language = forms.ChoiceField(label=_("Language"), choices=settings.LANGUAGES)

    def clean(self) -> dict[str, Any]:
        """Either hours and rate, or an amount."""
        given: dict[str, Any] = super().clean() or self.cleaned_data
        by_hour = bool(given.get("hours")) and bool(given.get("rate"))
        if not self.errors and by_hour == bool(given.get("amount")):
            self.add_error("amount", _("Enter hours and rate, or an amount, not both."))
        return given

    @property
    def line(self) -> Line:
        """What the invoice asks for."""
        given = self.cleaned_data
        if given.get("amount"):
            return Line(given["text"], given["amount"])
        return hourly_line(given["text"], given["hours"], given["rate"])

    @staticmethod
    def typed(engagement: Engagement, invoices: list[Invoice], due_at: datetime, language: str) -> dict[str, Any]:
        """What it begins with: the title, the rest of a fixed price, two weeks."""
        asked = sum(invoice.total_micro for invoice in invoices if invoice.voided_at is None)
        rest = max(0, (engagement.price_micro or 0) - asked)
        return {"text": engagement.title, "amount": rest or None, "due_on": due_at.date(), "language": language}
