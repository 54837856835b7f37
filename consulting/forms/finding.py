"""What a reader asks the directory: filters, a need, a length; all in the address."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from consulting.forms.entry import HoursField
from consulting.models import Profile
from consulting.rules import offering, slots
from consulting.rules.matching import Need
from consulting.selectors.offering import Filters
from journal import writing

ANY = ("", _("Any"))
SPANS = (("30", _("Next 30 days")), ("7", _("Next 7 days")))


def zone_field() -> forms.ChoiceField:
    """The zone in which a reader sees times."""
    zones = [("", _("The group’s")), *((name, name.replace("_", " ")) for name in offering.zones())]
    return forms.ChoiceField(label=_("Times in the zone"), choices=zones, required=False)


def language_field() -> forms.ChoiceField:
    """A language that an expert should speak."""
    choices = [ANY, *sorted(offering.LANGUAGES.items())]
    return forms.ChoiceField(label=_("Language"), choices=choices, required=False)


def way_field() -> forms.ChoiceField:
    """A form of work that an expert should offer."""
    return forms.ChoiceField(label=_("Form of work"), choices=[ANY, *Profile.Form.choices], required=False)


def domain_field() -> forms.ChoiceField:
    """The domain that advice is about."""
    return forms.ChoiceField(label=_("Domain"), choices=[ANY, *Profile.Domain.choices], required=False)


class Search(forms.Form):
    """What only narrows a list: no field has to be filled in, so none says that it is optional."""

    is_search = True


class FilterForm(Search):
    """The directory's filters."""

    q = forms.CharField(label=_("What do you need?"), max_length=120, required=False, widget=forms.TextInput())
    language = language_field()
    way = way_field()
    domain = domain_field()
    free = forms.ChoiceField(label=_("Free"), choices=SPANS, required=False)
    zone = zone_field()

    @property
    def filters(self) -> Filters:
        """What was asked; a value that is none of the list narrows nothing and is named as an error."""
        values = self.cleaned_data
        return Filters(
            words=values.get("q", ""),
            language=values.get("language", ""),
            form=values.get("way", ""),
            domain=values.get("domain", ""),
        )


class NeedForm(forms.Form):
    """What a client looks for."""

    need = forms.CharField(
        label=_("What do you need?"),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("Two sentences are enough. Nothing of it is kept."),
    )
    language = language_field()
    way = way_field()
    domain = domain_field()
    hours = HoursField(label=_("Hours in the next 30 days"), required=False, min_value=0)
    zone = zone_field()

    @property
    def asked(self) -> Need:
        """The need as the rule reads it."""
        values = self.cleaned_data
        return Need(values["need"], values["language"], values["way"], values["domain"], values["hours"] or 0)


class TimesForm(Search):
    """How long a session is, where the reader is, from which day on."""

    minutes = forms.TypedChoiceField(label=_("How long"), coerce=int, required=False)
    zone = zone_field()
    day = forms.DateField(required=False, widget=forms.HiddenInput())

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        self.lengths = [(length, writing.hours(slots.hours_centi(length))) for length in slots.LENGTHS]
        self.fields["minutes"].choices = self.lengths  # type: ignore[attr-defined]
