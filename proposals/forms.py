"""The ballot and the next round as they are typed; what they need is judged by the rules, in one place."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any, Self

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.forms import Refusable
from charter.refusals import UnreadableValue
from charter.rules import amendments, clauses, numbers, wording
from charter.rules.terms import Held
from journal.refusals import Refusal
from members.models import Member
from proposals.models import Ballot


class JudgedForm(forms.Form):
    """Carries what was typed. Only the rules say what is missing, so its own cleaning demands nothing."""

    def full_clean(self) -> None:
        """Keeps every text; fields are asked for on the page all the same."""
        asked = [field for field in self.fields.values() if field.required]
        for field in asked:
            field.required = False
        super().full_clean()
        for field in asked:
            field.required = True

    def typed(self, name: str) -> str:
        """What was typed in a field, without checking the others."""
        return str(self.data.get(name, "")).replace("\0", "")

    def refuse(self, refusal: Refusal) -> None:
        """Puts the rule's sentence beside its field."""
        self.add_error(refusal.field if refusal.field in self.fields else None, str(refusal))


class BallotForm(JudgedForm):
    """A choice; `missing` belongs to an objection, `reason` to all that is not in favour. The page shows what fits."""

    use_required_attribute = False

    choice = forms.ChoiceField(
        label=_("Your choice"),
        choices=Ballot.Choice.choices,
        widget=forms.RadioSelect,
    )
    reason = forms.CharField(
        label=_("Why do you object?"),
        help_text=_("The applicant and all members read this."),
        widget=forms.Textarea(attrs={"rows": 4}),
    )
    missing = forms.CharField(label=_("What information would change your vote?"))

    def worded(self, *, consent: bool) -> Self:
        """As its round asks: for what an objection needs, or (not `consent`) for a reason that may be given."""
        if not consent:
            reason = self.fields["reason"]
            reason.required = False
            reason.label = _("Your reason")
            reason.help_text = _("All members read it. It stands beside a vote against or an abstention.")
        return self


class NextRoundForm(JudgedForm):
    """What changed since the last round, in the leader's words."""

    use_required_attribute = False

    changes = forms.CharField(
        label=_("What changed since the last round?"),
        help_text=_("All members read this. What the applicant changed is shown beside it, word by word."),
        widget=forms.Textarea(attrs={"rows": 4}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("auto_id", "id_next_%s")
        super().__init__(*args, **kwargs)


class DraftForm(JudgedForm):
    """A proposal before it opens; each kind adds the fields of its act."""

    use_required_attribute = False

    text = forms.CharField(
        label=_("Why?"), help_text=_("Everybody who votes reads it."), widget=forms.Textarea(attrs={"rows": 4})
    )
    final_ballots = forms.BooleanField(
        label=_("Ballots are final"),
        help_text=_("Nobody can change a ballot. The round ends early once nobody left can change the outcome."),
    )

    def params(self) -> dict[str, Any]:
        """The act's params as plain JSON; a refusal with its field for what cannot be read."""
        raise NotImplementedError

    def _units(self, name: str, unit: int = 1) -> int:
        """A typed number in the smallest units; UnreadableValue with its field for what is no whole number of them."""
        typed = self.typed(name).strip().replace(",", "")
        try:
            value = numbers.parse(typed) * unit
        except Refusal as refused:
            refused.field = name
            raise
        if value.denominator != 1:
            raise UnreadableValue(_("Write this number with fewer decimals."), field=name)
        return value.numerator


class RemovalForm(DraftForm):
    """Who is to leave."""

    field_order = ("handle", "text", "final_ballots")
    handle = forms.ChoiceField(label=_("Member"))

    def __init__(self, *args: Any, members: Iterable[Member] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["handle"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [("", _("Choose")), *((member.handle, member.name) for member in members)]

    def params(self) -> dict[str, Any]:
        """The handle."""
        return {"handle": self.typed("handle").strip()}


class AmendmentForm(DraftForm):
    """A field for each setting of the charter; what is left empty stays as it is."""

    effective_on = forms.CharField(
        label=_("From which day on?"),
        help_text=_("Like 2026-12-01. Left empty, from the day on which it is carried out."),
        widget=forms.TextInput(attrs={"class": "w-m", "autocomplete": "off"}),
    )

    def __init__(self, *args: Any, held: Mapping[str, Held] | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["effective_on"].required = False
        for key, item in (held or {}).items():
            self.fields[key] = forms.CharField(
                label=wording.label(key),
                help_text=_("Now: %(value)s") % {"value": item.value},
                widget=forms.TextInput(attrs={"autocomplete": "off"}),
            )
        self.order_fields(["effective_on", *(held or {})])

    def params(self) -> dict[str, Any]:
        """The settings that were typed, in their stored writing, and the day."""
        typed = {key: self.typed(key).strip() for key in clauses.first().parameters if self.typed(key).strip()}
        return {"changes": {key: self._value(key, text) for key, text in typed.items()}, "effective_on": self._day()}

    def _value(self, key: str, text: str) -> str:
        try:
            return amendments.canonical_value(key, text)
        except Refusal as refused:
            refused.field = key
            raise

    def _day(self) -> str | None:
        text = self.typed("effective_on").strip()
        try:
            return date.fromisoformat(text).isoformat() if text else None
        except ValueError:
            raise UnreadableValue(_("Write the day like 2026-12-01."), field="effective_on") from None


class BudgetForm(DraftForm):
    """What a quarter gets."""

    quarter = forms.CharField(label=_("Quarter"), help_text=_("Like 2026-Q4."))
    headcount = forms.CharField(label=_("Expected members"))
    hours_per_head = forms.CharField(label=_("Hours per head"))
    pow_u = forms.CharField(label=_("Granted for POW, U"))
    stipend_u = forms.CharField(label=_("Granted for stipends, U"))
    field_order = ("quarter", "headcount", "hours_per_head", "pow_u", "stipend_u", "text", "final_ballots")

    def params(self) -> dict[str, Any]:
        """Hours in hundredths, amounts in micro-units."""
        return {
            "quarter": self.typed("quarter").strip(),
            "headcount": self._units("headcount"),
            "hours_per_head_centi": self._units("hours_per_head", 100),
            "pow_micro": self._units("pow_u", 1_000_000),
            "stipend_micro": self._units("stipend_u", 1_000_000),
        }


class DisputeForm(DraftForm):
    """How much of what is open is accepted."""

    engagement = forms.CharField(label=_("Order"), help_text=_("Its reference, as its page shows it."))
    percent = forms.CharField(
        label=_("Per cent for the experts and the pool"), help_text=_("A whole number, 0 to 100.")
    )
    field_order = ("engagement", "percent", "text", "final_ballots")

    def params(self) -> dict[str, Any]:
        """The reference and a whole number."""
        return {"engagement": self.typed("engagement").strip(), "percent": self._units("percent")}


class ResolutionForm(DraftForm):
    """One sentence."""

    title = forms.CharField(label=_("What is resolved?"), help_text=_("One sentence of at most 120 characters."))
    field_order = ("title", "text", "final_ballots")

    def params(self) -> dict[str, Any]:
        """The sentence."""
        return {"title": self.typed("title").strip()}


class EvidenceForm(Refusable):
    """A vote from Snapshot; the rules are the service's."""

    envelope = forms.CharField(
        label=_("Vote from Snapshot"),
        help_text=_("The whole JSON of the vote: address, sig and data."),
        widget=forms.Textarea(attrs={"rows": 8, "spellcheck": "false"}),
    )
