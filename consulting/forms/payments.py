"""What the treasurer decides about payments, and the group's addresses."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from consulting.forms.offering import OwnForm

DECISIONS = [
    ("invoice", _("It pays an invoice")),
    ("client", _("It is a client’s credit")),
    ("back", _("It was sent back")),
]


class DecisionForm(OwnForm):
    """Whose a payment is, and how the treasurer knows."""

    use_required_attribute = False

    decision = forms.ChoiceField(
        label=_("What is this money?"),
        choices=DECISIONS,
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose what this money is.")},
    )
    number = forms.CharField(
        label=_("Number of the invoice"),
        max_length=20,
        required=False,
        help_text=_("Like 2026-0001, if it pays an invoice. What is more than the invoice becomes credit."),
        widget=forms.TextInput(attrs={"class": "w-m", "autocomplete": "off"}),
    )
    client = forms.CharField(
        label=_("Key of the client"),
        max_length=40,
        required=False,
        help_text=_("Like client-7, if it is credit."),
        widget=forms.TextInput(attrs={"class": "w-m", "autocomplete": "off"}),
    )
    evidence = forms.CharField(
        label=_("How do you know?"),
        max_length=300,
        help_text=_("The payer’s message, or the transfer that sent the money back."),
        error_messages={"required": _("Say how you know.")},
    )

    def clean(self) -> dict[str, Any]:
        """The answer that the decision needs stands beside its own field."""
        given = super().clean() or {}
        for decision, field in (("invoice", "number"), ("client", "client")):
            if given.get("decision") == decision and field not in self.errors and not given.get(field, "").strip():
                missing = {"number": _("Enter the number of the invoice."), "client": _("Enter the key of the client.")}
                self.add_error(field, missing[field])
        return given


class AddressesForm(OwnForm):
    """The group's own addresses, one a line."""

    use_required_attribute = False

    addresses = forms.CharField(
        label=_("Addresses of the group, one a line"),
        max_length=50_000,
        help_text=_(
            "Each new invoice takes one: money to it needs no proof of the payer. The group must hold their keys."
        ),
        widget=forms.Textarea(attrs={"rows": 6, "spellcheck": "false", "autocomplete": "off"}),
        error_messages={"required": _("Enter at least one address.")},
    )
