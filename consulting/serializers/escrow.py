"""The shapes of client money in the API: units with what is left of them, refunds, disputes."""

from typing import Any

from rest_framework import serializers

from treasury.serializers import AmountField


class UnitSerializer(serializers.Serializer[Any]):
    """What is accepted and refunded by itself; the whole of a fixed price has no reference."""

    reference = serializers.CharField(allow_blank=True)
    price = AmountField(source="price_micro")
    refunded = AmountField(source="refunded_micro")
    left = AmountField(source="left_micro")
    accepted_on = serializers.DateField(source="acceptance.accepted_on", allow_null=True, default=None)


class RefundSerializer(serializers.Serializer[Any]):
    """Money of a unit that went back, or shall go."""

    unit = serializers.CharField(max_length=40, allow_blank=True, default="", help_text="Empty: a whole fixed price")
    amount = AmountField(source="amount_micro")
    reason = serializers.CharField(max_length=500)
    before = AmountField(
        source="before_micro",
        required=False,
        help_text="Only if just that was refunded before: sent twice it counts once",
    )
    refunded_on = serializers.DateField(read_only=True)


class MoneySerializer(serializers.Serializer[Any]):
    """An engagement's money: what came in, what accepted work needs of it, what is free; its units and refunds."""

    inflow = AmountField(source="money.inflow_micro")
    bound = AmountField(source="money.bound_micro")
    free = AmountField(source="money.free_micro")
    units = UnitSerializer(many=True)
    refunds = RefundSerializer(many=True)


class DisputeReasonSerializer(serializers.Serializer[Any]):
    """What is wrong."""

    reason = serializers.CharField(max_length=2000)


class OfferSerializer(serializers.Serializer[Any]):
    """A percentage for the experts and the pool."""

    percent = serializers.IntegerField(min_value=0, max_value=100)


class SignatureSerializer(serializers.Serializer[Any]):
    """Who has to sign, and what they signed last; no handle is the client."""

    handle = serializers.CharField(source="member.handle", allow_null=True, default=None)
    percent = serializers.IntegerField(source="offer.percent", allow_null=True, default=None)


class DisputeSerializer(serializers.Serializer[Any]):
    """The open dispute, else the latest; `open` is what of the engagement is not accepted."""

    side = serializers.CharField(source="dispute.side", help_text="client, expert or group")
    reason = serializers.CharField(source="dispute.reason")
    opened_at = serializers.DateTimeField(source="dispute.opened_at")
    closed_at = serializers.DateTimeField(source="dispute.closed_at", allow_null=True)
    percent = serializers.IntegerField(source="dispute.percent", allow_null=True)
    open = AmountField(source="open_micro")
    signatures = SignatureSerializer(many=True)
