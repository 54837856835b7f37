"""The shapes of people and applications in the API: named fields only, no address of anybody but oneself."""

from decimal import Decimal
from typing import Any

from rest_framework import serializers

from members.models import Application, Interview
from members.rules import answers as rules
from members.rules.interviews import ANSWER_MOST, KEYS, SUMMARY_MOST

CENTI = 100


class HoursField(serializers.DecimalField):
    """Hours as a string with at most two decimals, stored in hundredths."""

    def __init__(self, **more: Any) -> None:
        super().__init__(max_digits=6, decimal_places=2, **more)

    def to_internal_value(self, data: Any) -> Any:
        """`"7.5"` as 750."""
        return int(super().to_internal_value(data) * CENTI)

    def to_representation(self, value: Any) -> Any:
        """750 as `"7.50"`."""
        return super().to_representation(Decimal(value) / CENTI)


class PeriodSerializer(serializers.Serializer[Any]):
    """A member in the public roll."""

    handle = serializers.CharField(source="member.handle")
    name = serializers.CharField(source="member.name")
    active = serializers.BooleanField()
    roles = serializers.ListField(child=serializers.CharField())
    joined_on = serializers.DateField(source="period.joined_on")
    exited_on = serializers.DateField(source="period.exited_on", allow_null=True)
    on_leave_until = serializers.DateField(source="leave.last_on", default=None, allow_null=True)

    def to_representation(self, instance: Any) -> dict[str, Any]:
        """Roles in a fixed order."""
        shown: dict[str, Any] = super().to_representation(instance)
        return shown | {"roles": sorted(shown["roles"])}


class MeSerializer(serializers.Serializer[Any]):
    """Who asks."""

    email = serializers.EmailField()
    name = serializers.CharField()
    language = serializers.CharField()
    handle = serializers.CharField(allow_null=True)
    roles = serializers.ListField(child=serializers.CharField())
    day = serializers.DateField()


class ExitSerializer(serializers.Serializer[Any]):
    """Leaving."""

    exited_on = serializers.DateField()


class LeaveSerializer(serializers.Serializer[Any]):
    """Being away: first and last day; `ended_on` is the day of an earlier return."""

    id = serializers.IntegerField(read_only=True)
    first_on = serializers.DateField()
    last_on = serializers.DateField()
    ended_on = serializers.DateField(read_only=True, allow_null=True)


class SinceSerializer(serializers.Serializer[Any]):
    """Month and year in which the work began, and the field."""

    month = serializers.CharField(max_length=10, required=False, allow_blank=True, default="")
    year = serializers.CharField(max_length=10, required=False, allow_blank=True, default="")
    field = serializers.CharField(max_length=rules.LINE_MOST, required=False, allow_blank=True, default="")


class LinkSerializer(serializers.Serializer[Any]):
    """A link and what it shows."""

    url = serializers.CharField(max_length=rules.URL_MOST, allow_blank=True)
    shows = serializers.CharField(max_length=rules.LINE_MOST, allow_blank=True)


def text(**more: Any) -> serializers.CharField:
    """A long answer."""
    return serializers.CharField(max_length=rules.TEXT_MOST, allow_blank=True, **more)


class DraftSerializer(serializers.Serializer[Any]):
    """What an applicant may write; every field may be left out."""

    name = serializers.CharField(max_length=120, allow_blank=True)
    handle = serializers.CharField(max_length=31, allow_blank=True)
    builder_since = serializers.DateField(allow_null=True)
    criteria = serializers.ListField(child=serializers.ChoiceField(choices=rules.CRITERIA), max_length=3)
    experience = serializers.DictField(child=SinceSerializer())
    evidence = LinkSerializer(many=True, max_length=rules.EVIDENCE_MOST)  # type: ignore[call-arg]
    project = text()
    open_source = text()
    communication = text()
    weekly_hours = HoursField(allow_null=True, source="weekly_hours_centi")

    def validate_experience(self, value: dict[str, Any]) -> dict[str, Any]:
        """Only the criteria of the charter."""
        return {key: dict(value[key]) for key in rules.CRITERIA if key in value}

    def validate_evidence(self, value: list[Any]) -> list[dict[str, str]]:
        """As plain rows."""
        return [dict(row) for row in value]


class InterviewSerializer(serializers.ModelSerializer[Interview]):
    """An interview on record."""

    interviewers: Any = serializers.SlugRelatedField(slug_field="handle", many=True, read_only=True)

    class Meta:
        model = Interview
        fields = ("held_on", "minutes", "interviewers", "answers", "summary")
        read_only_fields = fields


class RecordSerializer(serializers.Serializer[Any]):
    """A new record of an interview; interviewers by handle."""

    held_on = serializers.DateField()
    minutes = serializers.IntegerField()
    interviewers = serializers.ListField(child=serializers.CharField(max_length=31), max_length=50)
    answers = serializers.DictField(child=serializers.CharField(max_length=ANSWER_MOST), help_text=", ".join(KEYS))
    summary = serializers.CharField(max_length=SUMMARY_MOST)


class ConfirmationSerializer(serializers.Serializer[Any]):
    """The leader's word on join.1."""

    since = serializers.DateField()
    url = serializers.CharField(max_length=rules.URL_MOST)


class ProblemSerializer(serializers.Serializer[Any]):
    """Something that is missing, in the words of the page."""

    code = serializers.CharField()
    detail = serializers.CharField(source="message")
    clause = serializers.CharField(allow_null=True)


class ApplicationSerializer(serializers.ModelSerializer[Application]):
    """An application as the applicant and the members read it; which account sent it stays out."""

    weekly_hours = HoursField(source="weekly_hours_centi", allow_null=True, read_only=True)
    state = serializers.CharField(read_only=True)
    missing = ProblemSerializer(many=True, read_only=True)
    builder_confirmed_by: Any = serializers.SlugRelatedField(slug_field="handle", read_only=True)
    member: Any = serializers.SlugRelatedField(slug_field="handle", read_only=True)

    class Meta:
        model = Application
        fields = (
            "id",
            "state",
            "name",
            "handle",
            "builder_since",
            "builder_url",
            "builder_confirmed_by",
            "criteria",
            "experience",
            "evidence",
            "project",
            "open_source",
            "communication",
            "weekly_hours",
            "saved_at",
            "submitted_at",
            "withdrawn_at",
            "closed_at",
            "member",
            "missing",
        )
        read_only_fields = fields
