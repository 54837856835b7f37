"""Proposals, rounds, seats and what was asked of a round, as the API shows them."""

from collections.abc import Mapping
from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from proposals.models import Motion
from proposals.rules.elections import Election
from proposals.rules.states import State
from proposals.selectors.electorates import Absent, Why
from proposals.selectors.listings import Row, Unopened
from proposals.selectors.pendings import Pending
from proposals.selectors.proceedings import Place, Proceeding, Sitting
from proposals.serializers.ballots import BallotSerializer, ballot_value


@extend_schema_field(
    {
        "type": "array",
        "items": {"type": "array", "items": {"oneOf": [{"type": "string"}, {"type": "integer"}]}},
        "description": "Handle and number of votes of each candidate, in the tie order",
    }
)
class VotesField(serializers.ListField):
    """Pairs of a handle and a number."""


class TallySerializer(serializers.Serializer[Any]):
    """The count and its arithmetic; fractions as text. Only an election has `votes` and `elected`, a handle or null."""

    rule = serializers.CharField()
    seats = serializers.IntegerField()
    in_favour = serializers.IntegerField()
    against = serializers.IntegerField()
    abstained = serializers.IntegerField()
    missing = serializers.IntegerField()
    figure = serializers.CharField()
    needed = serializers.CharField()
    passes = serializers.BooleanField()
    votes = VotesField(required=False)
    elected = serializers.CharField(required=False, allow_null=True)


class ProposalRowSerializer(serializers.Serializer[Any]):
    """A proposal in its last round. `tally` is null while the count is not the reader's to know.

    Of one that has not opened everything about the round is null; `opens_at` is when it opens itself. Without
    `proposed_by` the worker put it forward on its day.
    """

    number = serializers.IntegerField(source="proposal.number")
    kind = serializers.CharField(source="proposal.kind")
    title = serializers.CharField(source="proposal.title")
    state = serializers.ChoiceField(choices=State.choices)
    proposed_by = serializers.CharField(source="proposal.proposed_by.handle", default=None, allow_null=True)
    proposed_at = serializers.DateTimeField(source="proposal.proposed_at")
    opens_at = serializers.DateTimeField(source="proposal.opens_at", allow_null=True)
    taken_back_at = serializers.DateTimeField(source="proposal.taken_back_at", allow_null=True)
    round = serializers.IntegerField(source="held.number", default=None, allow_null=True)
    opened_at = serializers.DateTimeField(source="held.opened_at", default=None, allow_null=True)
    earliest_end_at = serializers.DateTimeField(source="times.earliest_end_at", default=None, allow_null=True)
    deadline_at = serializers.DateTimeField(source="times.deadline_at", default=None, allow_null=True)
    decided_at = serializers.SerializerMethodField()
    result = serializers.SerializerMethodField()
    waits_for_me = serializers.BooleanField(source="waits")
    tally = serializers.SerializerMethodField()

    def get_decided_at(self, row: Row | Unopened) -> str | None:
        """When the round ended."""
        return row.outcome.decided_at.isoformat() if row.outcome else None

    def get_result(self, row: Row | Unopened) -> str | None:
        """How the round ended."""
        return row.outcome.result if row.outcome else None

    @extend_schema_field(TallySerializer(allow_null=True))
    def get_tally(self, row: Row | Unopened) -> dict[str, Any] | None:
        """The count."""
        return row.tally.as_json() if row.tally else None


class SeatSerializer(serializers.Serializer[Any]):
    """A seat with its latest ballot; `ballots` is how many it cast.

    In a hidden round that is not closed the ballots of others are null and 0, and the receipt of the own one is null.
    """

    position = serializers.IntegerField(source="seat.position")
    member = serializers.CharField(source="seat.member.handle")
    name = serializers.CharField(source="seat.member.name")
    choice = serializers.SerializerMethodField()
    receipt = serializers.SerializerMethodField()
    cast_at = serializers.SerializerMethodField()
    ballots = serializers.SerializerMethodField()

    def get_choice(self, place: Place) -> str | None:
        """`for`, `object`, `against`, `abstain`, in an election `for:<handle>`, or null for no vote."""
        return place.vote or None

    def get_receipt(self, place: Place) -> str | None:
        """The whole digest."""
        return place.latest.receipt if place.latest and not self.context.get("sealed") else None

    def get_cast_at(self, place: Place) -> str | None:
        """When the latest ballot was cast."""
        return place.latest.cast_at.isoformat() if place.latest else None

    def get_ballots(self, place: Place) -> int:
        """Casts and changes."""
        return len(place.ballots)


class ObjectionSerializer(serializers.Serializer[Any]):
    """An objection, or another ballot that says why; its words are null for who may not read them, or once erased."""

    member = serializers.CharField(source="seat.member.handle")
    choice = serializers.CharField(source="ballot.choice")
    cast_at = serializers.DateTimeField(source="ballot.cast_at")
    stands = serializers.BooleanField()
    reason = serializers.CharField(source="reason.text", default=None, allow_null=True)
    missing = serializers.CharField(source="reason.missing", default=None, allow_null=True)


class MotionSerializer(serializers.Serializer[Any]):
    """What was asked of a round. `reason` is null for who may not read it, or once erased."""

    number = serializers.IntegerField(source="motion.number")
    kind = serializers.ChoiceField(source="motion.kind", choices=Motion.Kind.choices)
    asked_by = serializers.CharField(source="motion.asked_by.handle")
    asked_at = serializers.DateTimeField(source="motion.asked_at")
    until_at = serializers.DateTimeField(source="motion.until_at", allow_null=True)
    reason = serializers.CharField(allow_null=True)
    answered_by = serializers.CharField(source="motion.answer.member.handle", default=None, allow_null=True)
    answered_at = serializers.DateTimeField(source="motion.answer.answered_at", default=None, allow_null=True)
    runs = serializers.BooleanField()
    waits = serializers.BooleanField()


class RoundSerializer(serializers.Serializer[Any]):
    """One round. `seats` is empty and `tally` null while the ballots are not the reader's to see.

    Of a hidden round that is not closed members read who has a seat.
    """

    # In the context: `inside`, whether the reader is a member, and `names` of an election's candidates by handle.

    number = serializers.IntegerField(source="held.number")
    rule = serializers.CharField(source="held.rule")
    edition = serializers.IntegerField(source="held.edition")
    final_ballots = serializers.BooleanField(source="held.final_ballots")
    candidates = serializers.ListField(
        source="held.candidates", child=serializers.CharField(), help_text="Handles in the tie order, of elections"
    )
    hidden = serializers.BooleanField(source="held.hidden")
    opened_at = serializers.DateTimeField(source="held.opened_at")
    earliest_end_at = serializers.DateTimeField(source="times.earliest_end_at")
    deadline_at = serializers.DateTimeField(source="times.deadline_at")
    opened_deadline_at = serializers.DateTimeField(source="held.deadline_at")
    motions = MotionSerializer(source="asked", many=True)
    digest = serializers.CharField(source="held.digest")
    electorate = serializers.CharField(source="held.electorate_digest")
    seats_count = serializers.IntegerField(source="seats")
    seats = serializers.SerializerMethodField()
    own = serializers.SerializerMethodField()
    objections = ObjectionSerializer(many=True)
    tally = serializers.SerializerMethodField()
    explanation = serializers.SerializerMethodField()
    result = serializers.CharField(source="outcome.result", default=None, allow_null=True)
    decided_at = serializers.DateTimeField(source="outcome.decided_at", default=None, allow_null=True)
    execute_at = serializers.DateTimeField(source="outcome.execute_at", default=None, allow_null=True)
    expires_at = serializers.DateTimeField(source="outcome.expires_at", default=None, allow_null=True)
    wording = serializers.JSONField(source="wording.content", default=None, allow_null=True)
    changes = serializers.CharField(source="wording.changes", default=None, allow_null=True)

    @extend_schema_field(SeatSerializer(many=True))
    def get_seats(self, sitting: Sitting) -> list[dict[str, Any]]:
        """The seats in the group's order."""
        if not sitting.tally and not (sitting.sealed and self.context["inside"]):
            return []
        return list(SeatSerializer(sitting.places, many=True, context={"sealed": sitting.sealed}).data)

    @extend_schema_field(BallotSerializer(allow_null=True))
    def get_own(self, sitting: Sitting) -> dict[str, Any] | None:
        """The reader's latest ballot, or null; while the round is hidden without its place in the chain."""
        latest = next((place.latest for place in sitting.places if place.you), None)
        return ballot_value(latest, sealed=sitting.sealed) if latest else None

    @extend_schema_field(TallySerializer(allow_null=True))
    def get_tally(self, sitting: Sitting) -> dict[str, Any] | None:
        """The count and its arithmetic."""
        return sitting.tally.as_json() if sitting.tally else None

    def get_explanation(self, sitting: Sitting) -> str | None:
        """The arithmetic as a sentence, with people by name."""
        names: Mapping[str, str] = self.context["names"]
        if isinstance(sitting.tally, Election):
            return sitting.tally.sentence(names)
        return sitting.tally.sentence() if sitting.tally else None


class ExecutionSerializer(serializers.Serializer[Any]):
    """What a passed proposal did."""

    effect = serializers.CharField()
    executed_at = serializers.DateTimeField()


class DifferenceSerializer(serializers.Serializer[Any]):
    """One thing that an act changes, in words."""

    label = serializers.CharField()  # type: ignore[assignment]
    before = serializers.CharField()
    after = serializers.CharField()
    clause = serializers.CharField()


class AbsentSerializer(serializers.Serializer[Any]):
    """A member without a seat.

    `reason`: why they recused themself, while the proposal waits; null for outsiders and once erased.
    """

    # In the context: `reasons`, the words of recusals by the member's key, where the reader has them.
    member = serializers.CharField(source="member.handle")
    why = serializers.ChoiceField(choices=Why.choices)
    reason = serializers.SerializerMethodField()

    def get_reason(self, absent: Absent) -> str | None:
        """Why they recused themself."""
        reasons: Mapping[int, str] = self.context.get("reasons", {})
        return reasons.get(absent.member.pk) or None


class RefusalSerializer(serializers.Serializer[Any]):
    """Why it cannot open yet."""

    code = serializers.CharField()
    message = serializers.CharField()
    clause = serializers.CharField(allow_null=True)


class PendingSerializer(serializers.Serializer[Any]):
    """What waits to be opened, as it would be on that day; `words` are empty for who may not read them."""

    rule = serializers.SerializerMethodField()
    opens_at = serializers.DateTimeField(source="times.opened_at", default=None, allow_null=True)
    earliest_end_at = serializers.DateTimeField(source="times.earliest_end_at", default=None, allow_null=True)
    deadline_at = serializers.DateTimeField(source="times.deadline_at", default=None, allow_null=True)
    electors = serializers.SerializerMethodField()
    absent = AbsentSerializer(many=True)
    refused = RefusalSerializer(allow_null=True)
    words = serializers.JSONField(source="content")

    def get_rule(self, found: Pending) -> str:
        """The threshold as it would be frozen."""
        return found.threshold.written()

    def get_electors(self, found: Pending) -> int:
        """How many would have a seat."""
        return len(found.electorate.electors)


class ProposalSerializer(serializers.Serializer[Any]):
    """A proposal with all its rounds, as far as the reader may see them; before the first, `pending` says what waits.

    `absent`: who has no seat in the last round.
    """

    number = serializers.IntegerField(source="proposal.number")
    kind = serializers.CharField(source="proposal.kind")
    title = serializers.CharField(source="proposal.title")
    state = serializers.ChoiceField(choices=State.choices)
    proposed_by = serializers.CharField(source="proposal.proposed_by.handle", default=None, allow_null=True)
    proposed_at = serializers.DateTimeField(source="proposal.proposed_at")
    opens_at = serializers.DateTimeField(source="proposal.opens_at", allow_null=True)
    taken_back_at = serializers.DateTimeField(source="proposal.taken_back_at", allow_null=True)
    execute_on = serializers.DateField(source="proposal.execute_on", allow_null=True)
    acts = serializers.JSONField(source="proposal.acts")
    acts_digest = serializers.CharField(source="proposal.acts_digest")
    preview = serializers.ListField(child=serializers.CharField())
    diff = DifferenceSerializer(many=True)
    pending = serializers.SerializerMethodField()
    absent = serializers.SerializerMethodField()
    rounds = serializers.SerializerMethodField()
    execution = ExecutionSerializer(default=None, allow_null=True)

    @extend_schema_field(PendingSerializer(allow_null=True))
    def get_pending(self, found: Proceeding | Pending) -> dict[str, Any] | None:
        """What waits to be opened, else null."""
        if not isinstance(found, Pending):
            return None
        return dict(PendingSerializer(found, context={"reasons": _reasons(found)}).data)

    @extend_schema_field(AbsentSerializer(many=True))
    def get_absent(self, found: Proceeding | Pending) -> list[dict[str, Any]]:
        """Who has no seat in the last round."""
        return [] if isinstance(found, Pending) else list(AbsentSerializer(found.absent, many=True).data)

    @extend_schema_field(RoundSerializer(many=True))
    def get_rounds(self, found: Proceeding | Pending) -> list[dict[str, Any]]:
        """The rounds in their order, the last one last."""
        if isinstance(found, Pending):
            return []
        context = {"inside": found.reader.inside, "names": found.names}
        return list(RoundSerializer(found.sittings, many=True, context=context).data)


def _reasons(found: Pending) -> dict[int, str]:
    """Why members recused themselves, by member; nothing for who reads no words of the proposal."""
    rows = found.recusals if found.words else ()
    return {row.member_id: row.words.text for row in rows if hasattr(row, "words")}
