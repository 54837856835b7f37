"""What the sides fill in in an engagement's room. Services decide."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from consulting.forms.entry import HoursField
from consulting.forms.offering import OwnForm, day_field
from consulting.models import Booking, Milestone
from consulting.models.delivery import BODY_LONGEST
from consulting.services.files import Sent
from journal.refusals import Refusal


class FilesInput(forms.FileInput):
    """The browser's own picker, for several files."""

    allow_multiple_selected = True


class FilesField(forms.FileField):
    """Files as they came; the value is a list, and nothing of them is believed here."""

    widget = FilesInput

    def clean(self, data: Any, initial: Any = None) -> list[Sent]:
        """The files that were sent, none without any."""
        return [Sent(file.name, file.read()) for file in data or [] if file]


def files_field() -> FilesField:
    """The files of a message or a deliverable."""
    return FilesField(
        label=_("Files"),
        required=False,
        help_text=_("At most three, 10 MB each: PNG, JPEG, WebP, PDF, TXT, MD, CSV or ZIP."),
    )


class RoomForm(OwnForm):
    """A form of the room; hours and files have the form's own names."""

    def refuse(self, refusal: Refusal) -> None:
        """The answer beside its field."""
        if refusal.field == "hours_centi" and "hours" in self.fields:
            self.add_error("hours", str(refusal))
        else:
            super().refuse(refusal)


class MessageForm(RoomForm):
    """Words and files."""

    body = forms.CharField(
        label=_("Message"), max_length=BODY_LONGEST, required=False, widget=forms.Textarea(attrs={"rows": 4})
    )
    file = files_field()


class AgendaForm(RoomForm):
    """A point for the next session."""

    text = forms.CharField(label=_("What to talk about next"), max_length=300)


class PromiseForm(RoomForm):
    """What the client will get."""

    title = forms.CharField(label=_("What"), max_length=160)
    due_on = day_field(_("Due"))
    note = forms.CharField(label=_("Note"), max_length=200, required=False)

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        self.fields["due_on"].required = False


class HandOverForm(RoomForm):
    """A deliverable's file or link."""

    file = files_field()
    link = forms.CharField(label=_("Or a link"), max_length=500, required=False, widget=forms.URLInput())


class StopForm(RoomForm):
    """What the time was spent on; fewer hours than ran, if the timer ran on by itself."""

    title = forms.CharField(label=_("What it was about"), max_length=200)
    hours = HoursField(
        label=_("Hours, if fewer"), required=False, min_value=0, help_text=_("Empty: all the time that ran.")
    )


class LogForm(RoomForm):
    """A session without a timer. `reference` was drawn with the form: sent twice it makes one session."""

    title = forms.CharField(label=_("What it was about"), max_length=200)
    held_on = day_field(_("Day"))
    hours = HoursField(label=_("Hours"), min_value=0)
    booking = forms.ChoiceField(label=_("Booked time"), required=False)
    milestone = forms.ChoiceField(label=_("Milestone"), required=False)
    reference = forms.CharField(max_length=40, widget=forms.HiddenInput())

    def __init__(
        self, *args: Any, bookings: Iterable[tuple[Booking, str]], milestones: Iterable[Milestone], **more: Any
    ) -> None:
        super().__init__(*args, **more)
        bookings = list(bookings)
        self.bookings = {booking.reference: booking for booking, _text in bookings}
        self.milestones = {milestone.reference: milestone for milestone in milestones}
        self._offer("booking", [(booking.reference, text) for booking, text in bookings])
        self._offer("milestone", [(row.reference, str(row)) for row in self.milestones.values()])

    def _offer(self, name: str, choices: list[tuple[str, str]]) -> None:
        """What there is to choose; a list of nothing is not shown."""
        if choices:
            self.fields[name].choices = [("", _("None")), *choices]  # type: ignore[attr-defined]
        else:
            del self.fields[name]

    def refuse(self, refusal: Refusal) -> None:
        """One that was recorded already is said over the form: its field is hidden."""
        if refusal.field == "reference":
            self.add_error(None, str(refusal))
        else:
            super().refuse(refusal)
