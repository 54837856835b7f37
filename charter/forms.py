"""The one question the charter page asks: of which day."""

from django import forms
from django.utils.translation import gettext_lazy as _

from charter.refusals import UnreadableDay


class DayForm(forms.Form):
    """`?on=YYYY-MM-DD`, or nothing for today."""

    on = forms.DateField(
        label=_("Show the charter of another day"),
        required=False,
        input_formats=["%Y-%m-%d"],
        widget=forms.DateInput(attrs={"type": "date", "class": "w-m"}, format="%Y-%m-%d"),
        error_messages={"invalid": UnreadableDay.message},
    )
