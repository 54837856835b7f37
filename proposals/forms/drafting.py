"""Proposals before they open, as they are typed."""

from collections.abc import Callable, Iterable, Sequence
from datetime import date, datetime, time, tzinfo
from functools import partial
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from charter import forms as bundles
from charter.forms import Picked
from charter.refusals import TextMoved, TextUnchanged, UnreadableValue
from charter.rules import amendments, clauses, numbers, rewordings
from charter.rules.terms import Held
from charter.rules.texts import Text, Texts
from journal.refusals import Refusal
from members.forms import DayInput
from members.models import Member
from proposals.forms.judged import JudgedForm

NOON = 12
HOURS = [(f"{hour}", f"{hour:02}:00") for hour in range(24)]


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

    hidden = forms.BooleanField(
        label=_("Hidden until closed"),
        help_text=_(
            "Before the end nobody learns who has voted, how many, or how; then everything is published. Only whoever "
            "runs the server could look."
        ),
    )

    opens_on = forms.CharField(
        label=_("Opens on"),
        help_text=_("Empty: at once. At most 30 days from now."),
        widget=DayInput(),
    )
    opens_hour = forms.ChoiceField(label=_("Hour"), choices=HOURS, initial=f"{NOON}")
    execute_on = forms.CharField(
        label=_("Not carried out before"), help_text=_("Empty: as soon as it has passed."), widget=DayInput()
    )

    # Drawn by a part of the page of its own.
    apart = frozenset(("final_ballots", "hidden", "opens_on", "opens_hour", "execute_on"))
    # Whether the form was sent only to have more or fewer fields; the fields that a part of the page of its own draws.
    picking = False
    bundled: Sequence[str] = ()

    def params(self) -> dict[str, Any]:
        """The act's params as plain JSON; a refusal with its field for what cannot be read."""
        raise NotImplementedError

    def opening(self, zone: tzinfo) -> datetime | None:
        """The moment to open in the group's zone, None for at once; UnreadableValue with its field."""
        day, hour = self.day("opens_on"), self.typed("opens_hour")
        if day is None:
            return None
        return datetime.combine(day, time(int(hour) if hour in dict(HOURS) else NOON), zone)

    def day(self, name: str) -> date | None:
        """A typed day, None for nothing; UnreadableValue with its field."""
        text = self.typed(name).strip()
        try:
            return date.fromisoformat(text) if text else None
        except ValueError:
            raise UnreadableValue(_("Write the day like 2026-12-01."), field=name) from None

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

    field_order = ("handle", "text", "final_ballots", "hidden")
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
    """A bundle: settings and clauses are picked one by one, each clause with its text in both languages.

    What stands in `data` is picked, or what its `setting` and `clause` add and its `drop` takes out. A text left as it
    was shown is not amended; `replaces:<text>` says which one was shown.
    """

    effective_on = forms.CharField(
        label=_("From which day on?"),
        help_text=_("Like 2026-12-01. Left empty, from the day on which it is carried out."),
        widget=forms.TextInput(attrs={"class": "w-m", "autocomplete": "off"}),
    )
    setting = forms.ChoiceField(label=_("Add a setting"))
    clause = forms.ChoiceField(label=_("Add a clause"))

    def __init__(
        self, data: QueryDict | None = None, *, held: dict[str, Held], texts: Texts, today: date, **kwargs: Any
    ) -> None:
        typed, self.picked, added = QueryDict(mutable=True), Picked(), ""
        if data is not None:
            typed, added = data.copy(), data.get("setting") or data.get("clause") or ""
            self.picked = Picked.of({*data, *(data.get(name, "") for name in ("setting", "clause"))})
            self.picked = self.picked.without(data.get("drop", ""))
        self._texts, self._today, self._typed = texts, today, typed
        super().__init__(typed if data is not None else None, **kwargs)
        self.picking = "add" in typed or "drop" in typed
        self._ask(held, texts.held_on(today), added)
        for name in ("setting", "clause"):
            typed.pop(name, None)
        for name, field in self.fields.items():
            if field.initial is not None:
                typed.setdefault(name, field.initial)

    def _ask(self, held: dict[str, Held], texts: dict[str, Text], added: str) -> None:
        """The fields of what is picked; the first one of what was added just now is where the reader goes on."""
        setting, clause = self.fields["setting"], self.fields["clause"]
        assert isinstance(setting, forms.ChoiceField)
        assert isinstance(clause, forms.ChoiceField)
        setting.choices, clause.choices = bundles.setting_choices(), bundles.clause_choices(texts)
        own: dict[str, forms.Field] = {}
        self.fields["effective_on"].required = False
        for key in self.picked.settings:
            own[key] = bundles.setting_field(clauses.first().parameter(key), held[key])
        for key in (key for item in self.picked.clauses for key in bundles.text_keys(item)):
            latest = self._texts.latest(key)
            own[key] = bundles.text_field(latest, held, self._today)
            own[bundles.replaces_of(key)] = bundles.replaces_field(latest)
        self.fields |= own
        self.order_fields([*own, "setting", "clause", "effective_on"])
        if first := next((name for name in own if name.startswith(added)), "") if added else "":
            own[first].widget.attrs["autofocus"] = True
        self.bundled = [*own, "setting", "clause"]

    @property
    def settings(self) -> list[tuple[str, forms.BoundField]]:
        """The picked settings by key, each with its field."""
        return [(key, self[key]) for key in self.picked.settings]

    @property
    def clauses(self) -> list[tuple[str, list[forms.BoundField]]]:
        """The picked clauses by id, each with the fields of its texts and what they replace."""
        return [
            (item, [self[name] for key in bundles.text_keys(item) for name in (key, bundles.replaces_of(key))])
            for item in self.picked.clauses
        ]

    def params(self) -> dict[str, Any]:
        """The settings and texts that were typed in their stored writing, what the texts replace, and the day."""
        for refused in self._faults():
            raise refused
        day = self.day("effective_on")
        texts = {key: text for item in self.picked.clauses for key, text in self._changed(item).items()}
        return {
            "changes": {key: amendments.canonical_value(key, self._written(key)) for key in self.picked.settings},
            "effective_on": day and day.isoformat(),
            "texts": texts,
            "replaces": {key: self.typed(bundles.replaces_of(key)) for key in texts},
        }

    def refuse(self, refusal: Refusal) -> None:
        """Beside its field, and each other field's own; a text that moved now stands against the one that is shown."""
        found = {fault.field: fault for fault in self._faults()} | {refusal.field: refusal}
        for fault in found.values():
            super().refuse(fault)
            if isinstance(fault, TextMoved) and fault.field:
                self._typed[bundles.replaces_of(fault.field)] = self._texts.latest(fault.field).digest

    def _faults(self) -> list[Refusal]:
        """Why each setting, each clause and the day cannot be read, one for each of them, in the order of the page."""
        asked: list[Callable[[], object]] = [
            *(partial(self._check_value, key) for key in self.picked.settings),
            *(partial(self._check_texts, clause) for clause in self.picked.clauses),
            partial(self.day, "effective_on"),
        ]
        return [refused for ask in asked if (refused := _refusal_of(ask)) is not None]

    def _written(self, key: str) -> str:
        return self.typed(key).strip()

    def _check_value(self, key: str) -> None:
        try:
            amendments.canonical_value(key, self._written(key))
        except Refusal as refused:
            refused.field = key
            raise

    def _check_texts(self, clause: str) -> None:
        texts = self._changed(clause)
        replaces = {key: self.typed(bundles.replaces_of(key)) for key in texts}
        # A day that cannot be read is a fault of its own.
        named = None if _refusal_of(partial(self.day, "effective_on")) else self.day("effective_on")
        begins_on = max(self._today, named) if named else self._today
        rewordings.check(self._texts, rewordings.read(texts, replaces), begins_on)

    def _changed(self, clause: str) -> dict[str, str]:
        """The texts of a clause that are not as they were shown."""
        typed = {key: rewordings.plain(self.typed(key)) for key in bundles.text_keys(clause)}
        found = {key: text for key, text in typed.items() if text != self._shown(key).text}
        if not found:
            first = bundles.text_keys(clause)[0]
            raise TextUnchanged(_("Change a text of this clause, or leave it out."), clause=clause, field=first)
        return found

    def _shown(self, key: str) -> Text:
        return self._texts.named(key, self.typed(bundles.replaces_of(key))) or self._texts.latest(key)


def _refusal_of(ask: Callable[[], object]) -> Refusal | None:
    try:
        ask()
    except Refusal as refused:
        return refused
    return None


class BudgetForm(DraftForm):
    """What a quarter gets."""

    quarter = forms.CharField(label=_("Quarter"), help_text=_("Like 2026-Q4."))
    headcount = forms.CharField(label=_("Expected members"))
    hours_per_head = forms.CharField(label=_("Hours per head"))
    pow_u = forms.CharField(label=_("Granted for POW, U"))
    stipend_u = forms.CharField(label=_("Granted for stipends, U"))
    field_order = ("quarter", "headcount", "hours_per_head", "pow_u", "stipend_u", "text", "final_ballots", "hidden")

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
    field_order = ("engagement", "percent", "text", "final_ballots", "hidden")

    def params(self) -> dict[str, Any]:
        """The reference and a whole number."""
        return {"engagement": self.typed("engagement").strip(), "percent": self._units("percent")}


class ResolutionForm(DraftForm):
    """One sentence."""

    title = forms.CharField(label=_("What is resolved?"), help_text=_("One sentence of at most 120 characters."))
    field_order = ("title", "text", "final_ballots", "hidden")

    def params(self) -> dict[str, Any]:
        """The sentence."""
        return {"title": self.typed("title").strip()}


class ObjectionForm(DraftForm):
    """Whose objection, to which plan, in one sentence; its reasons are the words."""

    project = forms.CharField(label=_("Project"))
    plan_url = forms.CharField(
        label=_("Link to its plan"), help_text=_("With the breakdown of its tasks, staffing and hours.")
    )
    expert = forms.ChoiceField(label=_("Whose objection?"))
    title = forms.CharField(label=_("The objection"), help_text=_("One sentence of at most 120 characters."))
    field_order = ("project", "plan_url", "expert", "title", "text", "final_ballots", "hidden")

    def __init__(self, *args: Any, members: Iterable[Member] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field, text = self.fields["expert"], self.fields["text"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [("", _("Choose")), *((member.handle, member.name) for member in members)]
        text.label = _("Its reasons")
        text.help_text = _("Everybody can read this at once: an objection that remains is public.")

    def params(self) -> dict[str, Any]:
        """Plain texts."""
        return {name: self.typed(name).strip() for name in ("project", "plan_url", "expert", "title")}


class ElectionForm(DraftForm):
    """Nothing but why: who stands is said later, by themselves."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["final_ballots"].help_text = _("Nobody can change a ballot. The round ends at its deadline.")

    def params(self) -> dict[str, Any]:
        """Nothing."""
        return {}
