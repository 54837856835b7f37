"""What is sent to the API, drafts and ballots, and the answers to it."""

import json
from typing import Any

from django.utils.translation import gettext as _
from rest_framework import serializers

from proposals.models import Motion
from proposals.rules.kinds import ACTS
from proposals.selectors.drafts import Draft
from proposals.serializers.decisions import AbsentSerializer, DifferenceSerializer, RefusalSerializer


class OpenSerializer(serializers.Serializer[Any]):
    """What is put to the vote: an `application` alone, or a `kind` with the params of its act and the reasons.

    An admission opens at once and is never hidden, as on the pages.
    """

    application = serializers.IntegerField(min_value=1, required=False)
    kind = serializers.ChoiceField(choices=[kind.value for kind in ACTS], required=False)
    params = serializers.JSONField(default=dict)
    text = serializers.CharField(allow_blank=True, default="")
    final_ballots = serializers.BooleanField(default=False)
    hidden = serializers.BooleanField(
        default=False, help_text="Nobody learns who voted or how before a round is closed."
    )

    opens_at = serializers.DateTimeField(
        default=None, allow_null=True, help_text="When it opens itself, within 30 days; null opens it at once."
    )
    execute_on = serializers.DateField(
        default=None, allow_null=True, help_text="The day before which it is not carried out."
    )

    def validate_params(self, value: Any) -> dict[str, Any]:
        """An object; what is in it the act reads."""
        if not isinstance(value, dict):
            raise serializers.ValidationError(_("Send an object with the fields of the act."))
        written = json.dumps(value, ensure_ascii=False)
        # As the database would refuse them: halves of characters, and the one that ends a text.
        if "\\u0000" in written or any("\ud800" <= letter <= "\udfff" for letter in written):
            raise serializers.ValidationError(_("The text holds a character that nothing can show."))
        return value

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """One of the two; an application alone, so that nobody thinks that the rest was heard."""
        if ("application" in attrs) == ("kind" in attrs):
            raise serializers.ValidationError({"kind": _("Name an application or a kind.")})
        beside = [name for name in attrs if name in self.initial_data and name != "application"]
        if "application" in attrs and beside:
            refused = _("An application is put to the vote as it is, at once. Leave this field out.")
            raise serializers.ValidationError(dict.fromkeys(beside, refused))
        return attrs


class DraftSerializer(serializers.Serializer[Any]):
    """What would open, when, and what is missing; the times are null where the charter gives none.

    `lapses_at` is when it would lapse if it passed at its deadline and was not carried out.
    """

    title = serializers.CharField(source="about")
    rule = serializers.SerializerMethodField()
    electors = serializers.IntegerField()
    absent = AbsentSerializer(source="electorate.absent", many=True)
    opens_at = serializers.DateTimeField(source="times.opened_at", default=None, allow_null=True)
    earliest_end_at = serializers.DateTimeField(source="times.earliest_end_at", default=None, allow_null=True)
    deadline_at = serializers.DateTimeField(source="times.deadline_at", default=None, allow_null=True)
    execute_at = serializers.SerializerMethodField()
    lapses_at = serializers.SerializerMethodField()
    missing = RefusalSerializer(many=True)
    preview = serializers.ListField(child=serializers.CharField())
    diff = DifferenceSerializer(many=True)

    def get_execute_at(self, draft: Draft) -> str | None:
        """From when on it would be carried out."""
        return draft.window[0].isoformat() if draft.window else None

    def get_lapses_at(self, draft: Draft) -> str | None:
        """When it would lapse."""
        return draft.window[1].isoformat() if draft.window else None

    def get_rule(self, draft: Draft) -> str:
        """The threshold as it would be frozen."""
        return draft.threshold.written()


class NextRoundSerializer(serializers.Serializer[Any]):
    """What changed since the last round."""

    changes = serializers.CharField(allow_blank=True, default="")
    text = serializers.CharField(
        allow_null=True,
        allow_blank=True,
        default=None,
        help_text="Other reasons than before; not of admissions.",
    )


class AskSerializer(serializers.Serializer[Any]):
    """A motion. `until_at`: the end of a hold, the new deadline of an extension."""

    kind = serializers.ChoiceField(choices=Motion.Kind.choices)
    reason = serializers.CharField(allow_blank=True, default="", trim_whitespace=False)
    until_at = serializers.DateTimeField(required=False, allow_null=True, default=None)


class RecuseSerializer(serializers.Serializer[Any]):
    """Why a member takes no part."""

    reason = serializers.CharField(allow_blank=True, default="", trim_whitespace=False)
