"""What was typed into a form that the page does not draw any more: its author still has it, to copy."""

from collections.abc import Iterable, Iterator
from typing import Any

from django import forms

from journal.refusals import Refusal
from proposals.forms import JudgedForm


def told(form: JudgedForm | None, *, drawn: Iterable[forms.Form | None], refusal: Refusal | None) -> dict[str, Any]:
    """What a page says of a refusal, for `_refused.html`: beside its field where `form` is among the `drawn` ones, else
    over the page, with the label and text of each field that was filled in.
    """
    there = form is not None and any(other is form for other in drawn)
    return {
        "refusal": None if refusal and refusal.field and there else refusal,
        "kept": list(_filled(form)) if form is not None and not there else [],
        "has_errors": bool(refusal and refusal.field and there),
    }


def _filled(form: JudgedForm) -> Iterator[tuple[str, str]]:
    """(label, text) of each field that says something; nothing where only a choice was made."""
    asked = [field for field in form if not field.is_hidden]
    if not any(form.typed(field.html_name).strip() for field in asked if not _choices(field)):
        return
    for field in asked:
        if text := form.typed(field.html_name).strip():
            yield str(field.label), _choices(field).get(text, text)


def _choices(field: forms.BoundField) -> dict[str, str]:
    offered = field.field.choices if isinstance(field.field, forms.ChoiceField) else ()
    return {str(value): str(label) for value, label in offered}  # type: ignore[union-attr]
