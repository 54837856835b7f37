"""The shapes of the treasury in the API: amounts as strings with six decimals, hours with two."""

from typing import Any

from django.utils.translation import gettext as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from members.serializers import HoursField
from treasury.models import Claim
from treasury.rules import amounts

E8 = 10**8


@extend_schema_field(OpenApiTypes.STR)
class AmountField(serializers.Field[int, str, str, Any]):
    """Micro-units as `"412.500000"`; read back exactly, never through a float."""

    def to_representation(self, value: int) -> str:
        """Six decimals, always."""
        return amounts.text(value)

    def to_internal_value(self, data: Any) -> int:
        """`"412.5"` as micro-units; what JSON's readers have made a float of may have lost its last digits."""
        if isinstance(data, float):
            raise serializers.ValidationError(_("Write the amount as a text, like “412.500000”."), code="invalid")
        exact = serializers.DecimalField(max_digits=18, decimal_places=6, min_value=0).run_validation(data)
        return int(exact * amounts.MICRO)


@extend_schema_field(OpenApiTypes.STR)
class ExactField(serializers.Field[int, str, str, Any]):
    """10⁻⁸ U as `"90.00000000"`: what claims come to is exact there."""

    def to_representation(self, value: int) -> str:
        """Eight decimals, always."""
        whole, rest = divmod(value, E8)
        return f"{whole}.{rest:08d}"


class ClaimSerializer(serializers.Serializer[Any]):
    """A POW claim."""

    reference = serializers.CharField()
    handle = serializers.CharField(source="member.handle")
    worked_on = serializers.DateField()
    hours = HoursField(source="hours_centi")
    project = serializers.CharField()
    description = serializers.CharField()
    evidence_url = serializers.CharField()
    status = serializers.ChoiceField(choices=Claim.Status.choices)
    quarter = serializers.CharField()
    value = ExactField(source="value_e8", allow_null=True, help_text="U against the budget; null until approved")
    submitted_at = serializers.DateTimeField(allow_null=True)
    decided_by = serializers.CharField(source="decided_by.handle", allow_null=True, default=None)
    decided_on = serializers.DateField(allow_null=True)
    reason = serializers.CharField()


class WorkSerializer(serializers.Serializer[Any]):
    """Hours to log. The rules judge the texts, so that the answer has the words of the page."""

    worked_on = serializers.DateField()
    hours = serializers.CharField(help_text="Above 0 and up to 24, at most two decimals")
    project = serializers.CharField(allow_blank=True)
    description = serializers.CharField(allow_blank=True)
    evidence_url = serializers.CharField(allow_blank=True, default="")
    send = serializers.BooleanField(default=False, help_text="Send it at once instead of keeping a draft")


class PickSerializer(serializers.Serializer[Any]):
    """Claims to approve together."""

    claims = serializers.ListField(child=serializers.CharField(), max_length=1000, allow_empty=True)


class ReasonSerializer(serializers.Serializer[Any]):
    """Why a claim is refused."""

    reason = serializers.CharField(allow_blank=True)


class BudgetSerializer(serializers.Serializer[Any]):
    """A quarter's budget."""

    quarter = serializers.CharField()
    headcount = serializers.IntegerField(min_value=0, max_value=1_000_000)
    hours_per_head = HoursField(source="hours_per_head_centi", min_value=0)
    pow_u = AmountField(source="pow_micro", help_text="Nominal, before any part is paid in LXP")
    stipend_u = AmountField(source="stipend_micro", help_text="What the pool pays of stipends")
    approved = ExactField(source="approved_e8", read_only=True)
    granted_on = serializers.DateField(read_only=True)


class BalanceSerializer(serializers.Serializer[Any]):
    """What an account holds."""

    kind = serializers.CharField(source="account.kind")
    owner = serializers.CharField(source="account.owner")
    asset = serializers.CharField(source="account.asset")
    amount = AmountField(source="amount_micro")


class TransferSerializer(serializers.Serializer[Any]):
    """One transfer of the ledger."""

    id = serializers.IntegerField()
    reference = serializers.CharField()
    occurred_on = serializers.DateField()
    asset = serializers.CharField()
    amount = AmountField(source="amount_micro")
    debit = serializers.CharField(help_text="From this account: `pool`, `payable:lin`")
    credit = serializers.CharField(help_text="To this account")
    posting = serializers.CharField(help_text="The business event: kind and key")
    reverses = serializers.IntegerField(source="reverses_id", allow_null=True)


class RunSerializer(serializers.Serializer[Any]):
    """A run over a month."""

    number = serializers.IntegerField()
    started_at = serializers.DateTimeField()
    completed_at = serializers.DateTimeField(allow_null=True)
    notice_ends_on = serializers.DateField(allow_null=True)
    lines = serializers.IntegerField(source="lines_posted")
    u = AmountField(source="u_micro")
    lxp = AmountField(source="lxp_micro")


class SumSerializer(serializers.Serializer[Any]):
    """What lines come to, and the digest of exactly these lines."""

    lines = serializers.IntegerField()
    u = AmountField(source="u_micro")
    lxp = AmountField(source="lxp_micro")
    seal = serializers.CharField()


class MonthSerializer(serializers.Serializer[Any]):
    """A month: where it stands, what is posted, what a run would post now."""

    month = serializers.CharField()
    state = serializers.CharField(help_text="ahead, ready, running or done")
    posted = SumSerializer()
    due = SumSerializer()
    runs = RunSerializer(many=True)


class LineSerializer(serializers.Serializer[Any]):
    """A payout line or a correction, with how it came about."""

    reference = serializers.CharField()
    kind = serializers.CharField()
    payee = serializers.CharField()
    asset = serializers.CharField()
    amount = AmountField(source="amount_micro")
    clause = serializers.CharField()
    explanation = serializers.CharField()
    posted = serializers.BooleanField()
    run = serializers.IntegerField(allow_null=True, help_text="The run that posted it")


class LinesSerializer(serializers.Serializer[Any]):
    """The lines of some payees; `after` asks for the next ones, empty when there are none."""

    lines = LineSerializer(many=True)
    after = serializers.CharField()


class StartSerializer(serializers.Serializer[Any]):
    """Starting a run of exactly what was seen."""

    seal = serializers.CharField(help_text="`due.seal` of the month: refused if the lines have changed since")
