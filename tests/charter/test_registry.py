"""The registry of acts, and the one of this floor: what was voted on is what is done."""

import hashlib
from dataclasses import dataclass
from datetime import UTC, date, datetime

import pytest
from django.db import transaction
from django.utils import translation

from charter import registry
from charter.acts import AMEND, Amend
from charter.models import Edition
from charter.refusals import OutOfBounds, UnknownAct, UnreadableAct, UnreadableValue
from charter.rules.terms import Timeline
from tests.charter.history import found

AT = datetime(2026, 11, 20, 17, 0, tzinfo=UTC)  # already the 21st in Shanghai


def raise_stipend(to: str = "415.5", effective_on: date | None = None) -> registry.Step:
    """A step that amends the member's stipend."""
    return registry.step("charter.amend", Amend({"stipend.member": to}, effective_on))


def test_a_step_survives_being_stored() -> None:
    step = raise_stipend(effective_on=date(2026, 12, 1))
    assert step.plain() == {
        "act": "charter.amend",
        "params": {"changes": {"stipend.member": "415.5"}, "effective_on": "2026-12-01", "texts": {}, "replaces": {}},
    }
    assert registry.stored(step.plain()) == step
    assert AMEND.read(step.params) == Amend({"stipend.member": "415.5"}, date(2026, 12, 1))


def test_the_fingerprint_changes_with_every_byte_and_with_the_order() -> None:
    one, other = raise_stipend("415.5"), raise_stipend("415.6")
    prints = [registry.fingerprint(steps) for steps in ([one], [other], [one, other], [other, one], [])]
    assert len(set(prints)) == len(prints)
    assert registry.fingerprint([registry.stored(one.plain())]) == prints[0]
    text = (
        '[{"act":"charter.amend","params":'
        '{"changes":{"stipend.member":"415.5"},"effective_on":null,"replaces":{},"texts":{}}}]'
    )
    assert prints[0] == hashlib.sha256(f"expertgroup/acts/v1\n{text}".encode()).hexdigest()


@pytest.mark.parametrize(
    "data",
    [
        {},
        {"changes": {"voting.days": "9"}, "extra": 1},
        {"changes": "voting.days=9"},
        {"changes": {"voting.days": "9"}, "effective_on": "soon"},
        {"changes": {"voting.days": "9"}, "effective_on": 20261120},
        {"changes": {"voting.days": 9}},
        {"changes": None},
        {"changes": {}, "texts": {"why.1/en": 1}},
        {"changes": {}, "texts": "why.1/en"},
    ],
)
def test_params_that_do_not_fit_are_refused(data: dict[str, object]) -> None:
    with pytest.raises(UnreadableAct):
        AMEND.read(data)


def test_a_bool_is_no_number_and_a_number_no_text() -> None:
    @dataclass(frozen=True)
    class Sample:
        count: int
        name: str | None = None

    act = registry.Act("t", Sample, "member", "amendment.threshold", lambda *_: [], lambda *_, **__: "")
    assert act.read({"count": 1, "name": None}) == Sample(1)
    for wrong in ({"count": True}, {"count": "1"}, {"count": 1, "name": 2}):
        with pytest.raises(UnreadableAct):
            act.read(wrong)


def test_a_key_is_registered_once_and_an_unknown_one_is_refused() -> None:
    with pytest.raises(ValueError, match=r"charter\.amend"):
        registry.register(AMEND)
    with pytest.raises(UnknownAct):
        registry.get("charter.burn")
    assert AMEND in registry.registered()
    with pytest.raises(TypeError):
        registry.step("charter.amend", {"changes": {}})


def test_every_act_names_a_threshold_of_the_charter() -> None:
    terms = Timeline().terms_on(date(2026, 1, 1))
    assert all(terms.threshold(act.threshold) for act in registry.registered())


@pytest.mark.django_db
def test_the_preview_says_what_will_happen_in_the_readers_language() -> None:
    found()
    step = raise_stipend(effective_on=date(2026, 12, 1))
    assert registry.preview([step], date(2026, 11, 20)) == [
        "From Tue 1 Dec 2026 on, “Stipend of a member” is 415.5 (U+LXP) a month instead of 400 (U+LXP) a month."
    ]
    with translation.override("zh-hans"):
        (sentence,) = registry.preview([step], date(2026, 11, 20))
    assert "成员津贴" in sentence
    assert "每月 415.5（U+LXP）" in sentence


@pytest.mark.django_db
def test_what_could_not_be_done_is_refused_when_it_is_proposed() -> None:
    found()
    with pytest.raises(OutOfBounds):
        registry.check([raise_stipend("-1")], date(2026, 11, 20))
    with pytest.raises(UnreadableValue):
        registry.check([raise_stipend("lots")], date(2026, 11, 20))
    registry.check([raise_stipend()], date(2026, 11, 20))
    assert Edition.objects.count() == 1


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("named", "begins"),
    [(None, date(2026, 11, 21)), (date(2026, 12, 1), date(2026, 12, 1)), (date(2026, 11, 1), date(2026, 11, 21))],
)
def test_execution_takes_effect_on_its_day_or_a_later_one(named: date | None, begins: date) -> None:
    found()
    done = registry.execute([raise_stipend(effective_on=named)], at=AT, by="system:worker", reference="proposal/7")
    assert done == ["edition/2"]
    edition = Edition.objects.get(number=2)
    assert (edition.effective_on, edition.act, edition.actor) == (begins, "proposal/7", "system:worker")


@pytest.mark.django_db
def test_a_bundle_is_done_whole_or_not_at_all() -> None:
    found()
    steps = [raise_stipend("500"), raise_stipend("-1")]
    with pytest.raises(OutOfBounds), transaction.atomic():
        registry.execute(steps, at=AT, by="system:worker", reference="proposal/7")
    assert Edition.objects.count() == 1
