"""The shapes of invoices and quotes in the API: amounts as strings with six decimals, hours with two."""

from typing import Any

from django.conf import settings
from rest_framework import serializers

from consulting.rules import quoting
from consulting.rules.billing import Line, hourly_line
from members.serializers import HoursField
from treasury.serializers import AmountField


class InvoiceLineSerializer(serializers.Serializer[Any]):
    """A line of an invoice: hours and rate, or an amount."""

    text = serializers.CharField(max_length=200)
    hours = HoursField(source="hours_centi", allow_null=True, required=False)
    rate = AmountField(source="rate_micro", allow_null=True, required=False, help_text="U an hour")
    amount = AmountField(source="amount_micro", allow_null=True, required=False, help_text="U")

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """Hours and rate make the amount; it is never typed beside them."""
        by_hour = attrs.get("hours_centi") is not None and attrs.get("rate_micro") is not None
        if by_hour == (attrs.get("amount_micro") is not None):
            raise serializers.ValidationError({"amount": "Give hours and rate, or an amount, not both."})
        return attrs


class IssueSerializer(serializers.Serializer[Any]):
    """An invoice to be issued."""

    lines = serializers.ListField(child=InvoiceLineSerializer(), min_length=1, max_length=100)
    purpose = serializers.CharField(max_length=200, required=False, default="")
    due_at = serializers.DateTimeField()
    language = serializers.ChoiceField(choices=[code for code, _name in settings.LANGUAGES], default="en")

    @property
    def worked_out(self) -> list[Line]:
        """The lines with their amounts."""
        return [
            Line(line["text"], line["amount_micro"])
            if line.get("amount_micro") is not None
            else hourly_line(line["text"], line["hours_centi"], line["rate_micro"])
            for line in self.validated_data["lines"]
        ]


class VoidSerializer(serializers.Serializer[Any]):
    """Why an invoice is void."""

    reason = serializers.CharField(max_length=200)


class ConfirmSerializer(serializers.Serializer[Any]):
    """A transfer that arrived in the bank."""

    amount = AmountField(source="amount_micro", help_text="U")
    received_on = serializers.DateField()
    evidence = serializers.CharField(max_length=300, help_text="The bank's reference; the same again is the same money")


class InvoiceSerializer(serializers.Serializer[Any]):
    """An invoice and how far it is."""

    number = serializers.CharField(source="invoice.number")
    client = serializers.CharField(source="invoice.client.name")
    engagement = serializers.CharField(source="invoice.engagement.reference")
    purpose = serializers.CharField(source="invoice.purpose")
    total = AmountField(source="invoice.total_micro")
    paid = AmountField(source="paid_micro")
    rest = AmountField(source="rest_micro")
    over = AmountField(source="over_micro", help_text="What arrived beyond it: the client's credit")
    state = serializers.CharField(help_text="open, partly, paid, overpaid, overdue or void")
    issued_at = serializers.DateTimeField(source="invoice.issued_at")
    due_at = serializers.DateTimeField(source="invoice.due_at")
    lines = InvoiceLineSerializer(many=True, source="invoice.lines")
    page = serializers.SerializerMethodField(help_text="Where it is paid")

    def get_page(self, found: Any) -> str:
        """The public address; whoever has it can read and pay the invoice."""
        return f"/invoices/{found.invoice.token}/"


class MilestoneSerializer(serializers.Serializer[Any]):
    """A part of a quote."""

    title = serializers.CharField()
    criteria = serializers.CharField()
    price = AmountField(source="price_micro")
    due_on = serializers.DateField(allow_null=True)


class QuoteSerializer(serializers.Serializer[Any]):
    """A quote as its experts read it; the client's own address for answering is not in it."""

    number = serializers.CharField()
    expert = serializers.CharField(source="member.handle")
    name = serializers.CharField()
    organisation = serializers.CharField()
    need = serializers.CharField()
    state = serializers.SerializerMethodField()
    title = serializers.CharField()
    scope = serializers.CharField()
    milestones = MilestoneSerializer(many=True)
    weights = serializers.SerializerMethodField(help_text="Weight by handle")
    asked_at = serializers.DateTimeField()
    sent_at = serializers.DateTimeField(allow_null=True)
    valid_until = serializers.DateTimeField(allow_null=True)
    engagement = serializers.CharField(source="engagement.reference", default=None, allow_null=True)

    def get_state(self, quote: Any) -> str:
        """unproved, asked, sent, expired, accepted or declined."""
        return quoting.state(quote, self.context["now"])

    def get_weights(self, quote: Any) -> dict[str, int]:
        """In the order in which they stand."""
        return {row.member.handle: row.weight for row in quote.experts.all()}
