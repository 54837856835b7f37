"""The shapes of payments, of decisions about them, and of a card provider's events."""

from typing import Any

from rest_framework import serializers

from consulting.rules.matching_payments import REASONS
from treasury.serializers import AmountField


class PaymentSerializer(serializers.Serializer[Any]):
    """Money that arrived, and how far it is."""

    id = serializers.IntegerField(source="payment.pk")
    kind = serializers.ChoiceField(source="payment.kind", choices=["chain", "bank", "card"])
    state = serializers.CharField(help_text="seen, final, credited, waits, returned or fell-away")
    amount = AmountField(source="payment.amount_micro")
    received_on = serializers.DateField(source="payment.received_on")
    invoice = serializers.CharField(source="payment.invoice_hint.number", allow_null=True, default=None)
    client = serializers.CharField(source="payment.client.key", allow_null=True, default=None)
    symbol = serializers.CharField(help_text="The token; U for a bank or card")
    tx_hash = serializers.CharField(source="payment.tx_hash")
    log_index = serializers.IntegerField(source="payment.log_index", allow_null=True)
    payer = serializers.CharField(source="payment.payer")
    to = serializers.CharField(source="payment.to")
    confirmations = serializers.IntegerField(source="confirmed")
    confirmations_needed = serializers.IntegerField(source="needed")
    waits_because = serializers.ChoiceField(
        source="payment.queued_reason", choices=["", *REASONS], help_text="Why it went to the treasurer, if it did"
    )


class DecisionSerializer(serializers.Serializer[Any]):
    """What the treasurer decides about a payment that waits."""

    decision = serializers.ChoiceField(choices=["invoice", "client", "back"])
    number = serializers.CharField(max_length=20, required=False, default="", allow_blank=True)
    client = serializers.CharField(max_length=40, required=False, default="", allow_blank=True)
    evidence = serializers.CharField(max_length=300)


class EventSerializer(serializers.Serializer[Any]):
    """A card payment that succeeded."""

    id = serializers.RegexField(r"\A[A-Za-z0-9_.-]{8,100}\Z", help_text="The event's own; taken once")
    type = serializers.ChoiceField(choices=["payment.succeeded"])
    invoice = serializers.CharField(max_length=20)
    amount = AmountField(help_text="U")


class WalletSerializer(serializers.Serializer[Any]):
    """An address that the reader proved."""

    address = serializers.CharField()
    proven_at = serializers.DateTimeField()
