"""A member's hours, the reason of a refusal: the form carries what was typed, the rules say what is wrong with it."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from journal.refusals import Refusal
from journal.writing import CENTI, digits
from members.forms import day_field
from treasury.forms.fields import LenientForm
from treasury.models import Claim
from treasury.refusals import DescriptionMissing, HoursUnreadable, ProjectMissing
from treasury.rules import claims as rules
from treasury.rules.claims import Work


class WorkForm(forms.Form):
    """Hours of a day. `clean` asks the rules, so that every field learns at once what it lacks."""

    use_required_attribute = False

    worked_on = day_field(label=_("Day"))
    hours = forms.CharField(
        label=_("Hours"),
        widget=forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"}),
        error_messages={"required": HoursUnreadable.message},
    )
    project = forms.CharField(
        label=_("Project"),
        # The page offers earlier projects under this name; any other text is as good.
        widget=forms.TextInput(attrs={"list": "projects", "autocomplete": "off"}),
        error_messages={"required": ProjectMissing.message},
    )
    description = forms.CharField(
        label=_("What you did"),
        widget=forms.Textarea(attrs={"rows": 2}),
        error_messages={"required": DescriptionMissing.message},
    )
    evidence_url = forms.CharField(
        label=_("Link that shows it"),
        required=False,
        widget=forms.TextInput(attrs={"type": "url", "autocomplete": "off"}),
    )

    def __init__(self, data: Mapping[str, Any] | None = None, *, today: date, claim: Claim | None = None) -> None:
        super().__init__(data, initial=_typed(claim) if claim else {"worked_on": today})
        self.today = today

    def clean_hours(self) -> int:
        """Hundredths of an hour."""
        try:
            return rules.hours_centi(self.cleaned_data["hours"])
        except Refusal as refusal:
            raise forms.ValidationError(str(refusal)) from refusal

    def clean(self) -> dict[str, Any]:
        """Asks the rules again after each field they find wrong, with something sound in its place."""
        sound = Work(worked_on=self.today, hours_centi=100, project="-", description="-")
        work = replace(sound, **_read(self.cleaned_data))
        for _attempt in self.fields:
            try:
                self.cleaned_data["work"] = rules.check(work, self.today)
                break
            except Refusal as refusal:
                field = refusal.field or ""
                self.add_error(field, str(refusal))
                work = replace(work, **{field: getattr(sound, field)})
        return self.cleaned_data

    @property
    def work(self) -> Work:
        """What was typed, once the form is valid."""
        found = self.cleaned_data["work"]
        assert isinstance(found, Work)
        return found

    def refuse(self, refusal: Refusal) -> None:
        """Puts what the service said beside its field."""
        self.add_error(refusal.field if refusal.field in self.fields else None, str(refusal))


class ReasonForm(LenientForm):
    """Why a claim is refused; the rule asks for it."""

    reason = forms.CharField(
        label=_("Why do you refuse it?"),
        help_text=_("The member reads this, and so do all members on the claim’s page."),
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    @property
    def typed(self) -> str:
        """What was typed, as it stands."""
        return str(self.data.get("reason", ""))

    def refuse(self, refusal: Refusal) -> None:
        """Puts the rule's sentence beside the field."""
        self.add_error("reason" if refusal.field == "reason" else None, str(refusal))


def _read(cleaned: Mapping[str, Any]) -> dict[str, Any]:
    """What could be read, by the names of `Work`."""
    return {"hours_centi" if name == "hours" else name: value for name, value in cleaned.items()}


def _typed(claim: Claim) -> dict[str, Any]:
    """A draft as it is typed again."""
    return {
        "worked_on": claim.worked_on,
        "hours": digits(claim.hours_centi, CENTI),
        "project": claim.project,
        "description": claim.description,
        "evidence_url": claim.evidence_url,
    }
