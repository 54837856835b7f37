"""The ballot and the next round as they are typed; what they need is judged by the rules, in one place."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from journal.refusals import Refusal
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

    def text(self, name: str) -> str:
        """What was typed in a field, without checking the others."""
        return str(self.data.get(name, ""))

    def refuse(self, refusal: Refusal) -> None:
        """Puts the rule's sentence beside its field."""
        self.add_error(refusal.field if refusal.field in self.fields else None, str(refusal))


class BallotForm(JudgedForm):
    """A choice; the two texts belong to an objection and are ignored with another choice."""

    use_required_attribute = False

    choice = forms.ChoiceField(
        label=_("Your choice"),
        choices=[(Ballot.Choice.FOR, _("In favour")), (Ballot.Choice.OBJECT, _("Object and ask for more information"))],
        widget=forms.RadioSelect,
    )
    reason = forms.CharField(
        label=_("Why do you object?"),
        help_text=_("The applicant and all members read this."),
        widget=forms.Textarea(attrs={"rows": 4}),
    )
    missing = forms.CharField(label=_("What information would change your vote?"))


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
