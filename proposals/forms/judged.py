"""A form that carries what was typed; what it needs is judged by the rules, in one place."""

from django import forms

from journal.refusals import Refusal


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
