"""The shapes of bookings in the API: moments in UTC, amounts as strings with six decimals."""

from typing import Any

from django.conf import settings
from rest_framework import serializers

from consulting.models import Booking
from consulting.rules import bookings as rules
from consulting.rules.bookings import Details
from consulting.rules.offering import zones
from journal.clock import database_clock
from treasury.serializers import AmountField


class BookingSerializer(serializers.Serializer[Any]):
    """A booking as its client and its expert see it."""

    reference = serializers.CharField()
    expert = serializers.CharField(source="member.handle")
    client = serializers.CharField(source="client.name", allow_null=True, default=None)
    engagement = serializers.CharField(source="engagement.reference", allow_null=True, default=None)
    invoice = serializers.CharField(source="invoice.number", allow_null=True, default=None)
    state = serializers.SerializerMethodField(help_text="held ordered lapsed late paid confirmed declined cancelled")
    start = serializers.DateTimeField(source="during.lower")
    end = serializers.DateTimeField(source="during.upper")
    minutes = serializers.IntegerField()
    rate = AmountField(source="rate_micro", help_text="U an hour")
    price = AmountField(source="price_micro", help_text="U")
    terms = serializers.DictField(help_text="Frozen when it was booked")
    topic = serializers.CharField()
    hold_until = serializers.DateTimeField()
    answer_until = serializers.SerializerMethodField(help_text="Until when the expert answers; null before payment")
    free_until = serializers.SerializerMethodField(help_text="Until when moving and cancelling is free")
    sequence = serializers.IntegerField(help_text="How often it was moved")

    def get_state(self, booking: Booking) -> str:
        """What has become of it."""
        return rules.state(booking, self.context.get("at") or database_clock())

    def get_answer_until(self, booking: Booking) -> str | None:
        """A moment in UTC."""
        until = rules.confirm_until(booking)
        return until.isoformat() if until else None

    def get_free_until(self, booking: Booking) -> str:
        """A moment in UTC."""
        return rules.free_until(booking).isoformat()


class BookSerializer(serializers.Serializer[Any]):
    """A time to be held, for whoever is signed in."""

    start = serializers.DateTimeField()
    minutes = serializers.IntegerField(default=60, help_text="30, 60, 90, 120, 180 or 240")
    name = serializers.CharField(max_length=120)
    organisation = serializers.CharField(max_length=120, required=False, default="", allow_blank=True)
    topic = serializers.CharField(max_length=4000, required=False, default="", allow_blank=True)
    may_publish = serializers.BooleanField(required=False, default=False)
    silent = serializers.BooleanField(
        required=False, default=False, help_text="Silence accepts after consulting.silent_accept_days"
    )
    time_zone = serializers.CharField(max_length=60, required=False, default="UTC")
    language = serializers.ChoiceField(choices=[code for code, _name in settings.LANGUAGES], default="en")

    def validate_time_zone(self, value: str) -> str:
        """A zone of the list."""
        if value not in zones():
            raise serializers.ValidationError("Choose a time zone of the list, such as Asia/Shanghai.")
        return value

    def details(self, email: str) -> Details:
        """Who books, for the service."""
        values = dict(self.validated_data)
        values.pop("start")
        values.pop("minutes")
        return Details(email=email, **values)


class MoveSerializer(serializers.Serializer[Any]):
    """Another time."""

    start = serializers.DateTimeField()
