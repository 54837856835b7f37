"""What an expert fills in: the profile, weekly hours, exceptions, written-up work. Services decide."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from charter.rules.terms import Terms
from consulting.forms.entry import AmountField
from consulting.models import DayException, Profile
from consulting.models.availability import DAY_MINUTES, GRID_MINUTES
from consulting.models.offering import BUFFER_MOST, HORIZON_MOST, NOTICE_MOST
from consulting.rules import offering
from consulting.rules.offering import Draft
from journal.refusals import Refusal

# Where a rule names a column, the form has its own word: `fields` and `forms` mean something else in a form.
FIELDS = {
    "fields": "areas",
    "forms": "ways",
    "rate_micro": "rate",
    "starts_minute": "starts",
    "ends_minute": "ends",
}
WEEKDAYS = (
    (1, _("Monday")),
    (2, _("Tuesday")),
    (3, _("Wednesday")),
    (4, _("Thursday")),
    (5, _("Friday")),
    (6, _("Saturday")),
    (7, _("Sunday")),
)
HALF_HOURS = [(minute, offering.clock(minute)) for minute in range(0, DAY_MINUTES + 1, GRID_MINUTES)]


class OwnForm(forms.Form):
    """A form whose service may refuse: the answer stands beside its field."""

    def refuse(self, refusal: Refusal) -> None:
        """Shows what a rule or service said."""
        field = FIELDS.get(refusal.field or "", refusal.field or "")
        self.add_error(field if field in self.fields else None, str(refusal))


def day_field(label: Any) -> forms.DateField:
    """A day with the browser's own picker."""
    return forms.DateField(label=label, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))


def half_hour(label: Any, initial: int) -> forms.TypedChoiceField:
    """A full or half hour of a day; its value is in minutes."""
    return forms.TypedChoiceField(label=label, choices=HALF_HOURS, coerce=int, initial=initial)


class ProfileForm(OwnForm):
    """The profile; a public one must stay complete."""

    headline = forms.CharField(
        label=_("What you help with, in one sentence"), max_length=160, required=False, widget=forms.TextInput()
    )
    about = forms.CharField(
        label=_("More about it"),
        max_length=4000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 6}),
        help_text=_("What a client gets, before and after the call. An empty line begins a paragraph."),
    )
    domain = forms.ChoiceField(label=_("Domain"), choices=Profile.Domain.choices)
    areas = forms.CharField(label=_("Fields"), required=False, max_length=600, help_text=_("With commas between them."))
    skills = forms.CharField(
        label=_("Skills"),
        required=False,
        max_length=600,
        help_text=_("With commas between them; clients are led to you by these words."),
    )
    languages = forms.MultipleChoiceField(
        label=_("Languages"),
        choices=sorted(offering.LANGUAGES.items()),
        required=False,
        widget=forms.SelectMultiple(attrs={"size": 6}),
    )
    ways = forms.MultipleChoiceField(
        label=_("Forms of work"),
        choices=Profile.Form.choices,
        required=False,
        widget=forms.CheckboxSelectMultiple(),
    )
    rate = AmountField(label=_("Rate by the hour, U"), required=False)
    time_zone = forms.ChoiceField(
        label=_("Your time zone"),
        choices=[(name, name.replace("_", " ")) for name in offering.zones()],
        help_text=_("Your hours below are on this clock, through summer and winter."),
    )
    notice_hours = forms.IntegerField(
        label=_("Notice, hours"), min_value=0, max_value=NOTICE_MOST, help_text=_("How long before a session at least.")
    )
    horizon_days = forms.IntegerField(
        label=_("Open for how many days"), min_value=1, max_value=HORIZON_MOST, help_text=_("At most 120.")
    )

    buffer_minutes = forms.IntegerField(
        label=_("Pause, minutes"),
        min_value=0,
        max_value=BUFFER_MOST,
        required=False,
        help_text=_("Kept free before and after each booking."),
    )

    def __init__(self, *args: Any, terms: Terms, public: bool, **more: Any) -> None:
        super().__init__(*args, **more)
        self.terms, self.public = terms, public

    @classmethod
    def typed(cls, profile: Profile | None, zone: str) -> dict[str, Any]:
        """What stands in the fields before anything is typed."""
        if profile is None:
            return {"time_zone": zone, "notice_hours": 24, "horizon_days": 60, "domain": Profile.Domain.TECHNICAL}
        same = (
            "headline",
            "about",
            "domain",
            "languages",
            "time_zone",
            "notice_hours",
            "horizon_days",
            "buffer_minutes",
        )
        return {name: getattr(profile, name) for name in same} | {
            "areas": ", ".join(profile.fields),
            "skills": ", ".join(profile.skills),
            "ways": profile.forms,
            "rate": profile.rate_micro,
        }

    def clean(self) -> dict[str, Any]:
        """All that the rules find, at once."""
        values = super().clean() or {}
        if not self.errors:
            draft = self.draft
            for refusal in [*offering.problems(draft, self.terms), *(offering.missing(draft) if self.public else ())]:
                self.refuse(refusal)
        return values

    @property
    def draft(self) -> Draft:
        """What was filled in."""
        values = self.cleaned_data
        same = ("domain", "headline", "about", "time_zone", "notice_hours", "horizon_days")
        return Draft(
            **{name: values[name] for name in same},
            fields=offering.words(values["areas"]),
            skills=offering.words(values["skills"]),
            languages=tuple(values["languages"]),
            forms=tuple(values["ways"]),
            rate_micro=values["rate"],
            buffer_minutes=values["buffer_minutes"] or 0,
        )


class WindowForm(OwnForm):
    """Hours of a weekday."""

    weekday = forms.TypedChoiceField(label=_("Weekday"), choices=WEEKDAYS, coerce=int)
    starts = half_hour(pgettext_lazy("time", "From"), 9 * 60)
    ends = half_hour(pgettext_lazy("time", "To"), 12 * 60)


class ExceptionForm(OwnForm):
    """Hours of one day."""

    falls_on = day_field(_("Day"))
    kind = forms.ChoiceField(label=_("What is different"), choices=DayException.Kind.choices)
    starts = half_hour(pgettext_lazy("time", "From"), 0)
    ends = half_hour(pgettext_lazy("time", "To"), DAY_MINUTES)


class PieceForm(OwnForm):
    """Work that was written up."""

    title = forms.CharField(label=_("Title"), max_length=160)
    url = forms.CharField(label=_("Link"), max_length=500, widget=forms.URLInput())
    written_on = day_field(_("Published on"))


class CalendarForm(OwnForm):
    """The address of a calendar that says when the expert is busy."""

    address = forms.CharField(
        label=_("Address of the calendar"),
        max_length=1000,
        widget=forms.TextInput(attrs={"inputmode": "url", "autocomplete": "off"}),
        help_text=_("The secret iCalendar address (.ics) that your calendar program gives out."),
    )
