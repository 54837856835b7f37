"""What is asked of a running round, as it is typed."""

from collections.abc import Sequence
from datetime import datetime, timedelta, tzinfo
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from journal import writing
from proposals.forms.judged import JudgedForm
from proposals.models import Motion

Kind = Motion.Kind
# Hours of a hold and days of an extension that the page offers; the API takes any moment within the rule.
HOLD_HOURS = (6, 12, 24, 48, 72)
EXTENSION_DAYS = (1, 2, 3, 5, 7, 14, 30)


class MotionForm(JudgedForm):
    """Why it is asked and, for a hold and an extension, until when."""

    use_required_attribute = False

    until_at = forms.ChoiceField(label=_("Until when?"))
    reason = forms.CharField(
        label=_("Why?"), help_text=_("All members read it."), widget=forms.Textarea(attrs={"rows": 2})
    )

    def __init__(self, *args: Any, kind: Kind, **kwargs: Any) -> None:
        kwargs.setdefault("auto_id", f"id_{kind}_%s")
        super().__init__(*args, **kwargs)
        if kind == Kind.CANCEL:
            del self.fields["until_at"]

    def holding(self) -> "MotionForm":
        """Offers how long a hold may last; its value is a number of hours."""
        chosen = [(str(hours), writing.span(timedelta(hours=hours))) for hours in HOLD_HOURS]
        self._offer(chosen, _("How much time do you need?"), initial="24")
        return self

    def extending(self, deadline_at: datetime, zone: tzinfo, now: datetime) -> "MotionForm":
        """Offers later deadlines; the value is the moment itself, so that nothing else is asked than what was read."""
        moments = [deadline_at + timedelta(days=days) for days in EXTENSION_DAYS]
        chosen = [(one.isoformat(), writing.moment(one.astimezone(zone), now=now)) for one in moments]
        self._offer(chosen, _("New deadline"), initial=moments[2].isoformat())
        return self

    def _offer(self, choices: Sequence[tuple[str, str]], label: Any, *, initial: str) -> None:
        field = self.fields["until_at"]
        assert isinstance(field, forms.ChoiceField)
        field.choices, field.label, field.initial = choices, label, initial

    def until(self, kind: Kind, at: datetime) -> datetime | None:
        """The moment that was chosen; None if it says none, which the rule refuses where it needs one."""
        typed = self.typed("until_at")
        try:
            moment = at + timedelta(hours=int(typed)) if kind == Kind.HOLD else datetime.fromisoformat(typed)
        except (ValueError, OverflowError):
            return None
        return moment if moment.tzinfo else None
