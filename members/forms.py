"""The pages of the application, the leader's confirmation and interview, and leaving.

A form only reads: what may be is decided in `members.rules`, which is asked on "continue". `draft()` gives what can be
kept of an answer even when it is wrong, so that nothing typed is lost.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from journal.refusals import Refusal
from members.models import HANDLE, Member
from members.rules import answers as rules
from members.rules.interviews import ANSWER_MOST, SUMMARY_MOST, TEMPLATE

CENTI = 100
DAY_FORMATS = ["%Y-%m-%d"]


class DayInput(forms.DateInput):
    """The browser's own calendar; what is typed stays as it is."""

    input_type = "date"

    def __init__(self) -> None:
        super().__init__(format="%Y-%m-%d")


def day_field(**more: Any) -> forms.DateField:
    """A day as 2026-11-20."""
    return forms.DateField(
        widget=DayInput(),
        input_formats=DAY_FORMATS,
        error_messages={"invalid": _("Enter the day like 2026-11-20."), "required": _("Enter the day.")},
        **more,
    )


class StepForm(forms.Form):
    """One page of the application. `places` says which field shows a rule's complaint; all fields may be left empty."""

    places: Mapping[str, str] = {}
    clauses: Mapping[str, str] = {}

    def __init__(self, *args: Any, today: date, answers: rules.Answers, **kwargs: Any) -> None:
        self.today = today
        self.answers = answers
        kwargs.setdefault("initial", self.typed(answers))
        # The rules say what is missing, in words of their own; the browser is not asked.
        kwargs["use_required_attribute"] = False
        super().__init__(*args, **kwargs)
        for name, clause in self.clauses.items():
            self.fields[name].clause = clause  # type: ignore[attr-defined]

    @classmethod
    def typed(cls, answers: rules.Answers) -> dict[str, Any]:
        """The answers as the fields take them."""
        raise NotImplementedError

    def draft(self) -> dict[str, Any]:
        """What to keep: names of `applications.EDITABLE`, only what can be stored."""
        raise NotImplementedError

    def complaints(self, answers: rules.Answers) -> Iterable[Refusal]:
        """The rules of this page."""
        raise NotImplementedError

    def full_clean(self) -> None:
        """`required` only says what the page writes beside a label: a draft may leave everything out."""
        needed = [field for field in self.fields.values() if field.required]
        for field in needed:
            field.required = False
        super().full_clean()
        for field in needed:
            field.required = True

    def clean(self) -> dict[str, Any]:
        """Asks the rules about the answers as they would be."""
        for refused in self.complaints(self.seen()):
            self.blame(refused)
        return self.cleaned_data

    def seen(self) -> rules.Answers:
        """The answers with what was typed on this page."""
        return rules.Answers(**{**vars(self.answers), **_as_answers(self.draft())}) if self.is_bound else self.answers

    def blame(self, refused: Refusal) -> None:
        """Shows a complaint at its field, once."""
        name = self.places.get(refused.field or "", refused.field or "")
        if name in self.fields and name in self.errors:
            return
        self.add_error(name if name in self.fields else None, str(refused))

    def raw(self, name: str, most: int) -> str:
        """What was typed into a field, cut to what can be stored: no column and no JSON takes a NUL."""
        return str(self.data.get(self.add_prefix(name), "")).replace("\0", "").strip()[:most]


def _as_answers(changes: dict[str, Any]) -> dict[str, Any]:
    if "evidence" in changes:
        changes = changes | {"evidence": [rules.Link(**item) for item in changes["evidence"]]}
    return changes


class IdentityForm(StepForm):
    """Step 1: who you are."""

    clauses = {"builder_since": "join.1"}
    name = forms.CharField(label=_("Your name"), max_length=120, help_text=_("As the group should write it"))
    handle = forms.CharField(
        label=_("Your handle"),
        max_length=31,
        help_text=_(
            "Small letters, digits and hyphens. It stands in the ledger and cannot be changed once you are a member."
        ),
        widget=forms.TextInput(attrs={"autocapitalize": "none", "spellcheck": "false", "pattern": HANDLE.strip("^$")}),
    )
    builder_since = day_field(
        label=_("Builder of the DAO since"), help_text=_("The leader confirms the day with a link that shows it.")
    )

    @classmethod
    def typed(cls, answers: rules.Answers) -> dict[str, Any]:
        """Name, handle, day."""
        return {"name": answers.name, "handle": answers.handle, "builder_since": answers.builder_since}

    def draft(self) -> dict[str, Any]:
        """The day only when it is one."""
        changes: dict[str, Any] = {"name": self.raw("name", 120), "handle": self.raw("handle", 31)}
        if "builder_since" in self.cleaned_data:
            changes["builder_since"] = self.cleaned_data["builder_since"]
        return changes

    def complaints(self, answers: rules.Answers) -> Iterable[Refusal]:
        """Name, handle, day."""
        return rules.identity(answers, self.today)


class ExperienceForm(StepForm):
    """Step 2: criteria, evidence, a project, open source, communication."""

    places = {
        "experience.req.1.a.month": "a_month",
        "experience.req.1.a.year": "a_year",
        "experience.req.1.b.month": "b_month",
        "experience.req.1.b.year": "b_year",
        "evidence": "url_0",
        **{f"evidence.{n}.url": f"url_{n}" for n in range(rules.EVIDENCE_MOST)},
        **{f"evidence.{n}.shows": f"shows_{n}" for n in range(rules.EVIDENCE_MOST)},
    }
    clauses = {"project": "req.2", "open_source": "req.3", "communication": "req.4"}
    criteria = forms.MultipleChoiceField(
        label=_("Which of these do you meet?"),
        choices=[(key, key) for key in rules.CRITERIA],
        widget=forms.CheckboxSelectMultiple(),
    )
    a_month = forms.CharField(label=_("Traditional field, month"), max_length=10)
    a_year = forms.CharField(label=_("Traditional field, year"), max_length=10)
    a_field = forms.CharField(label=_("Which field?"), max_length=rules.LINE_MOST, required=False)
    b_month = forms.CharField(label=_("Web3 experience, month"), max_length=10)
    b_year = forms.CharField(label=_("Web3 experience, year"), max_length=10)
    project = forms.CharField(
        label=_("A mature project of medium or large size"),
        help_text=_("What it was, how many people used it, and what you did."),
        widget=forms.Textarea(attrs={"rows": 5, "maxlength": rules.TEXT_MOST}),
    )
    open_source = forms.CharField(
        label=_("Open-source work"),
        help_text=_("Projects you take part in and how."),
        widget=forms.Textarea(attrs={"rows": 4, "maxlength": rules.TEXT_MOST}),
    )
    communication = forms.CharField(
        label=_("How you work with others"),
        help_text=_("Where you explain, discuss or write, and what that looks like."),
        widget=forms.Textarea(attrs={"rows": 4, "maxlength": rules.TEXT_MOST}),
    )

    def __init__(self, *args: Any, rows: int = 2, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        filled = len(self.answers.evidence)
        self.rows = max(1, min(rules.EVIDENCE_MOST, max(rows, filled)))
        after = {name: self.fields.pop(name) for name in ("project", "open_source", "communication")}
        for number in range(self.rows):
            self.fields[f"url_{number}"] = forms.CharField(
                label=LINKS[number], widget=forms.URLInput(), max_length=rules.URL_MOST, required=number == 0
            )
            self.fields[f"shows_{number}"] = forms.CharField(
                label=_("What it shows"), max_length=rules.LINE_MOST, required=number == 0
            )
        self.fields.update(after)

    @classmethod
    def typed(cls, answers: rules.Answers) -> dict[str, Any]:
        """Every answer of the page in its field."""
        a, b = (answers.experience.get(key, {}) for key in ("req.1.a", "req.1.b"))
        links = {f"url_{n}": link.url for n, link in enumerate(answers.evidence)}
        links |= {f"shows_{n}": link.shows for n, link in enumerate(answers.evidence)}
        return links | {
            "criteria": list(answers.criteria),
            "a_month": a.get("month", ""),
            "a_year": a.get("year", ""),
            "a_field": a.get("field", ""),
            "b_month": b.get("month", ""),
            "b_year": b.get("year", ""),
            "project": answers.project,
            "open_source": answers.open_source,
            "communication": answers.communication,
        }

    def draft(self) -> dict[str, Any]:
        """All of it is text; links that are empty on both sides are dropped from the end of the list."""
        picked = self.data.getlist("criteria") if hasattr(self.data, "getlist") else []
        evidence = [
            {"url": self.raw(f"url_{n}", rules.URL_MOST), "shows": self.raw(f"shows_{n}", rules.LINE_MOST)}
            for n in range(self.rows)
        ]
        while evidence and evidence[-1] == {"url": "", "shows": ""}:
            evidence.pop()
        return {
            "criteria": [key for key in rules.CRITERIA if key in picked],
            "experience": {
                "req.1.a": {
                    "month": self.raw("a_month", 10),
                    "year": self.raw("a_year", 10),
                    "field": self.raw("a_field", rules.LINE_MOST),
                },
                "req.1.b": {"month": self.raw("b_month", 10), "year": self.raw("b_year", 10)},
            },
            "evidence": evidence,
            "project": self.raw("project", rules.TEXT_MOST),
            "open_source": self.raw("open_source", rules.TEXT_MOST),
            "communication": self.raw("communication", rules.TEXT_MOST),
        }

    def complaints(self, answers: rules.Answers) -> Iterable[Refusal]:
        """Criteria, evidence, work."""
        return [*rules.experience(answers, self.today), *rules.work(answers)]

    def links(self) -> list[tuple[int, forms.BoundField, forms.BoundField]]:
        """(number, link, what it shows) of the rows that are drawn."""
        return [(n, self[f"url_{n}"], self[f"shows_{n}"]) for n in range(self.rows)]


LINKS: Sequence[Any] = (
    _("First link"),
    _("Second link"),
    _("Third link"),
    _("Fourth link"),
    _("Fifth link"),
    _("Sixth link"),
)


class TimeForm(StepForm):
    """Step 3: how much time there is."""

    weekly_hours = forms.CharField(
        label=_("Hours a week that you can offer"),
        max_length=6,
        help_text=_("On average, for example 6 or 7.5"),
        widget=forms.TextInput(attrs={"inputmode": "decimal", "class": "w-s"}),
    )

    @classmethod
    def typed(cls, answers: rules.Answers) -> dict[str, Any]:
        """Hundredths as hours."""
        centi = answers.weekly_hours_centi
        return {"weekly_hours": "" if centi is None else f"{Decimal(centi) / CENTI:f}"}

    def draft(self) -> dict[str, Any]:
        """The hours when they are a number with at most two decimals."""
        return {"weekly_hours_centi": centi_of(self.raw("weekly_hours", 6))}

    def complaints(self, answers: rules.Answers) -> Iterable[Refusal]:
        """Hours."""
        return rules.time(answers)


def centi_of(text: str) -> int | None:
    """Hours as whole hundredths, None when the text is no number of at most two decimals (a comma reads as a point)."""
    try:
        value = Decimal(text.replace(",", ".")) * CENTI
    except InvalidOperation:
        return None
    return int(value) if value.is_finite() and value == value.to_integral_value() and abs(value) < 10**6 else None


class CheckForm(StepForm):
    """Step 4: everything once more."""

    @classmethod
    def typed(cls, answers: rules.Answers) -> dict[str, Any]:
        """Nothing is typed here."""
        return {}

    def draft(self) -> dict[str, Any]:
        """Nothing is kept."""
        return {}

    def complaints(self, answers: rules.Answers) -> Iterable[Refusal]:
        """None: the service looks at the whole application."""
        return ()


STEPS: Mapping[str, type[StepForm]] = {
    "you": IdentityForm,
    "experience": ExperienceForm,
    "time": TimeForm,
    "check": CheckForm,
}


class BuilderForm(forms.Form):
    """The leader's confirmation."""

    since = day_field(label=_("Builder since"))
    url = forms.CharField(
        label=_("Link that shows it"),
        max_length=rules.URL_MOST,
        widget=forms.URLInput(),
        help_text=_("For example the page of the builder card"),
    )


class MemberChoices(forms.ModelMultipleChoiceField):  # type: ignore[type-arg]
    """Members by name."""

    def label_from_instance(self, obj: Any) -> str:
        """The name with the handle."""
        return f"{obj.name} ({obj.handle})"


class InterviewForm(forms.Form):
    """The record of an interview on the template."""

    held_on = day_field(label=_("Held on"))
    minutes = forms.IntegerField(
        label=_("Minutes"),
        widget=forms.TextInput(attrs={"inputmode": "numeric", "class": "w-s"}),
        error_messages={"invalid": _("Enter the minutes as a number, for example 50.")},
    )
    interviewers = MemberChoices(
        label=_("Who held it"), queryset=Member.objects.none(), widget=forms.CheckboxSelectMultiple()
    )
    summary = forms.CharField(
        label=_("Summary for the members who vote"),
        widget=forms.Textarea(attrs={"rows": 5, "maxlength": SUMMARY_MOST}),
        max_length=SUMMARY_MOST,
    )

    def __init__(self, *args: Any, members: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["interviewers"].queryset = members  # type: ignore[attr-defined]
        summary = self.fields.pop("summary")
        for question in TEMPLATE:
            self.fields[f"answer_{question.key}"] = forms.CharField(
                label=str(question.text),
                max_length=ANSWER_MOST,
                widget=forms.Textarea(attrs={"rows": 3, "maxlength": ANSWER_MOST}),
            )
        self.fields["summary"] = summary

    def arguments(self) -> dict[str, Any]:
        """What `interviews.record` takes."""
        known = self.cleaned_data
        return {
            "held_on": known["held_on"],
            "minutes": known["minutes"],
            "interviewers": list(known["interviewers"]),
            "answers": {question.key: known[f"answer_{question.key}"] for question in TEMPLATE},
            "summary": known["summary"],
        }

    def blame(self, refused: Refusal) -> None:
        """Shows a complaint at its field."""
        name = (refused.field or "").replace("answers.", "answer_")
        self.add_error(name if name in self.fields else None, str(refused))


class LeaveForm(forms.Form):
    """Being away."""

    first_on = day_field(label=_("First day"), help_text=_("Today or later."))
    last_on = day_field(label=_("Last day"), help_text=_("You can come back earlier."))


class ExitForm(forms.Form):
    """Leaving."""

    exited_on = day_field(
        label=_("Your last day as a member"), help_text=_("Today or later. What you worked until then is paid.")
    )
