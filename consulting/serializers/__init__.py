"""The shapes of engagements in the API: amounts as strings with six decimals, hours with two."""

from typing import Any

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from members.serializers import HoursField
from treasury.rules import amounts


@extend_schema_field(OpenApiTypes.STR)
class AmountField(serializers.Field[int, str, str, Any]):
    """Micro-units as `"412.500000"`."""

    def to_representation(self, value: int) -> str:
        """Six decimals, always."""
        return amounts.text(value)


class EngagementSerializer(serializers.Serializer[Any]):
    """An engagement with what was worked on it so far."""

    reference = serializers.CharField()
    client = serializers.CharField(source="client.name")
    title = serializers.CharField()
    pricing = serializers.ChoiceField(choices=["hourly", "fixed"])
    price = AmountField(source="price_micro", allow_null=True, help_text="U; null by the hour")
    opened_on = serializers.DateField()
    accepted_on = serializers.DateField(allow_null=True)
    sessions = serializers.IntegerField(source="session_count")
    hours = HoursField(source="hours_sum_centi")


class SessionSerializer(serializers.Serializer[Any]):
    """Time that an expert worked."""

    reference = serializers.CharField()
    handle = serializers.CharField(source="member.handle")
    held_on = serializers.DateField()
    hours = HoursField(source="hours_centi")
    rate = AmountField(source="rate_micro", allow_null=True, help_text="U an hour; null at a fixed price")


class WeightSerializer(serializers.Serializer[Any]):
    """An agreed weight."""

    handle = serializers.CharField(source="member.handle")
    weight = serializers.IntegerField()


class PartSerializer(serializers.Serializer[Any]):
    """One expert's part, under the reference of its payout line."""

    handle = serializers.CharField(source="payee")
    amount = AmountField(source="amount_micro")
    reference = serializers.CharField()


class SplitSerializer(serializers.Serializer[Any]):
    """Who gets what: as fixed at acceptance (`settled`), else as it would be if the client accepted today."""

    settled = serializers.BooleanField()
    gross = AmountField(source="gross_micro")
    individuals = AmountField(source="individuals_micro")
    pool = AmountField(source="pool_micro")
    parts = PartSerializer(many=True)


class EngagementDetailSerializer(EngagementSerializer):
    """An engagement with its sessions, its weights and its split; no split while there is nothing to share."""

    sessions = SessionSerializer(many=True)  # type: ignore[assignment]
    weights = WeightSerializer(many=True)
    split = SplitSerializer(allow_null=True)


class PieceSerializer(serializers.Serializer[Any]):
    """Work that an expert wrote up."""

    title = serializers.CharField()
    url = serializers.URLField()
    written_on = serializers.DateField()


class ExpertSerializer(serializers.Serializer[Any]):
    """A public profile."""

    handle = serializers.CharField(source="member.handle")
    name = serializers.CharField(source="member.name")
    domain = serializers.CharField(help_text="technical or business")
    headline = serializers.CharField()
    areas = serializers.ListField(child=serializers.CharField(), source="fields")
    skills = serializers.ListField(child=serializers.CharField())
    languages = serializers.ListField(child=serializers.CharField(), help_text="Codes such as en, zh-hans")
    forms = serializers.ListField(child=serializers.CharField(), help_text="hourly, quote, retainer, workshop")
    rate = AmountField(source="rate_micro", help_text="U an hour")
    time_zone = serializers.CharField()


class ExpertDetailSerializer(ExpertSerializer):
    """A public profile with its text and work."""

    about = serializers.CharField()
    notice_hours = serializers.IntegerField()
    horizon_days = serializers.IntegerField()
    pieces = PieceSerializer(many=True)


class AskedTimesSerializer(serializers.Serializer[Any]):
    """Which free times are asked for; days in the group's zone, both included."""

    first = serializers.DateField(required=False, help_text="Today unless said")
    last = serializers.DateField(required=False, help_text="27 days after the first unless said")
    minutes = serializers.IntegerField(required=False, default=60, help_text="30, 60, 90, 120, 180 or 240")


class WeekSerializer(serializers.Serializer[Any]):
    """An ISO week in the group's zone; `full` says why nothing can be begun in it."""

    monday = serializers.DateField()
    taken = HoursField(source="taken_centi")
    cap = HoursField(source="cap_centi")
    full = serializers.CharField(allow_blank=True)


class TimesSerializer(serializers.Serializer[Any]):
    """Times to begin a session, in UTC, ascending; they are free now and not held."""

    minutes = serializers.IntegerField()
    starts = serializers.ListField(child=serializers.DateTimeField())
    weeks = WeekSerializer(many=True)
