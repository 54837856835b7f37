"""The shapes of rooms in the API."""

from typing import Any

from django.urls import reverse
from rest_framework import serializers

from consulting.models import Upload
from consulting.models.delivery import BODY_LONGEST
from consulting.services.files import FILES_MOST
from members.serializers import HoursField
from treasury.rules import amounts


class UploadSerializer(serializers.Serializer[Any]):
    """A file; `url` hands it out as a download to the sides of the engagement."""

    name = serializers.CharField()
    kind = serializers.CharField(help_text="png, jpeg, webp, pdf, zip, txt, md or csv, by its content")
    size = serializers.IntegerField(help_text="Bytes")
    digest = serializers.CharField(help_text="SHA-256")
    url = serializers.SerializerMethodField()

    def get_url(self, row: Upload) -> str:
        """The address in this API."""
        return reverse("api:file", args=[row.engagement.reference, row.token])


class MessageSerializer(serializers.Serializer[Any]):
    """What one side wrote."""

    id = serializers.IntegerField(read_only=True)
    side = serializers.CharField(read_only=True, help_text="client, expert, treasurer or leader, as it was then")
    author = serializers.CharField(read_only=True, source="author.name")
    body = serializers.CharField(max_length=BODY_LONGEST, required=False, allow_blank=True, default="")
    written_at = serializers.DateTimeField(read_only=True)
    files = UploadSerializer(many=True, read_only=True)
    file = serializers.ListField(
        child=serializers.FileField(), write_only=True, required=False, default=list, max_length=FILES_MOST
    )


class AgendaItemSerializer(serializers.Serializer[Any]):
    """A point for the next session."""

    id = serializers.IntegerField(read_only=True)
    text = serializers.CharField(max_length=300)
    added_at = serializers.DateTimeField(read_only=True)
    done_at = serializers.DateTimeField(read_only=True, allow_null=True)


class DeliverableSerializer(serializers.Serializer[Any]):
    """What the client gets, with its files, the newest first."""

    id = serializers.IntegerField(read_only=True)
    title = serializers.CharField(max_length=160)
    note = serializers.CharField(max_length=200, required=False, allow_blank=True, default="")
    due_on = serializers.DateField(required=False, allow_null=True, default=None)
    link = serializers.CharField(read_only=True)
    delivered_at = serializers.DateTimeField(read_only=True, allow_null=True)
    accepted_at = serializers.DateTimeField(read_only=True, allow_null=True)
    files = UploadSerializer(many=True, read_only=True)


class HandedOverSerializer(serializers.Serializer[Any]):
    """How something is delivered."""

    link = serializers.CharField(max_length=500, required=False, allow_blank=True, default="")
    file = serializers.ListField(child=serializers.FileField(), required=False, default=list, max_length=FILES_MOST)


class TimerSerializer(serializers.Serializer[Any]):
    """Time that runs or ran; `kept` are hours that a rule (`refused`) kept from being recorded."""

    id = serializers.IntegerField(read_only=True)
    started_at = serializers.DateTimeField(read_only=True)
    stopped_at = serializers.DateTimeField(read_only=True, allow_null=True)
    session = serializers.CharField(read_only=True, source="session.reference", default=None, allow_null=True)
    kept = HoursField(read_only=True, source="kept_centi")
    refused = serializers.CharField(read_only=True)


class StopSerializer(serializers.Serializer[Any]):
    """What the time was spent on; `hours` says fewer than ran."""

    title = serializers.CharField(max_length=200)
    hours = HoursField(required=False, allow_null=True, default=None, min_value=0)


class TimeWorkedSerializer(serializers.Serializer[Any]):
    """A session that an expert enters; the same `reference` again makes no second one."""

    title = serializers.CharField(max_length=200)
    held_on = serializers.DateField()
    hours = HoursField(source="hours_centi")
    reference = serializers.RegexField(r"^[A-Za-z0-9._-]{1,40}$", required=False, default="")
    rate = serializers.SerializerMethodField(help_text="U an hour as agreed; null at a fixed price")
    delivered_at = serializers.DateTimeField(read_only=True)

    def get_rate(self, row: Any) -> str | None:
        """Six decimals."""
        return None if row.rate_micro is None else amounts.text(row.rate_micro)


class ConfirmedSerializer(serializers.Serializer[Any]):
    """What the client confirms: references of sessions or milestones; null is all that is left and ends it."""

    units = serializers.ListField(child=serializers.CharField(max_length=40), allow_null=True, max_length=200)
