"""Tags, filters and parts: what they write, and that nothing typed by a person becomes markup."""

import re
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django import forms
from django.conf import settings
from django.template import Context, TemplateSyntaxError, engines
from django.template.loader import get_template
from django.utils.translation import override

from expertgroup.templatetags import parts

pytestmark = pytest.mark.urls("tests.look.addresses")

SHANGHAI = ZoneInfo("Asia/Shanghai")
NOW = datetime(2026, 11, 20, 15, 10, tzinfo=SHANGHAI)
FRAME = SimpleNamespace(zone=SHANGHAI)
EVIL = "<script>alert(1)</script>"
TEMPLATES = Path(settings.BASE_DIR) / "templates"


def drawn(source: str, **context: Any) -> str:
    """A piece of template with the built-in tags, in the group's zone."""
    return engines["django"].from_string(source).render({"shell": FRAME, "now": NOW, **context}).strip()


def test_every_template_compiles() -> None:
    names = [str(path.relative_to(TEMPLATES)) for path in TEMPLATES.rglob("*.*")]
    assert len(names) > 40
    for name in names:
        get_template(name)


@pytest.mark.parametrize(
    "found", [r"\sstyle\s*=", r"<style", r"<script(?![^>]*\ssrc=)", r"\son[a-z]+\s*=\s*[\"']", r"javascript:"]
)
def test_no_template_needs_a_weaker_policy(found: str) -> None:
    bad = [str(path) for path in TEMPLATES.rglob("*.*") if re.search(found, path.read_text(), re.IGNORECASE)]
    assert bad == []


def test_the_stylesheet_stays_small_and_has_every_icon() -> None:
    css = (Path(settings.BASE_DIR) / "static" / "app.css").read_text()
    assert len(css.splitlines()) < 900
    assert set(re.findall(r"^  \.i-([a-z]+) \{", css, re.MULTILINE)) == parts.ICONS


@pytest.mark.parametrize(
    ("identifier", "number"),
    [
        ("why.1", "1.1"),
        ("duty.1.8.1", "2.1.8.1"),
        ("req.1.a", "3.1.a"),
        ("join.2.4", "4.2.4"),
        ("exit.2", "5.2"),
        ("daily.1", "6.1"),
        ("income.1.2.2", "7.1.2.2"),
    ],
)
def test_a_clause_shows_its_number_and_leads_to_it(identifier: str, number: str) -> None:
    assert drawn("{% clause id %}", id=identifier) == f'<a class="clause" href="/charter/#c-{number}">§ {number}</a>'


def test_a_clause_that_is_none_is_nothing_and_an_unknown_chapter_an_error() -> None:
    assert drawn("{% clause id %}", id=None) == ""
    with pytest.raises(ValueError, match="not in"):
        drawn('{% clause "profit.1" %}')


def test_a_clause_is_escaped() -> None:
    assert "<script" not in drawn("{% clause id %}", id=f"join.{EVIL}")


def test_icons_and_badges_refuse_what_the_design_does_not_have() -> None:
    assert drawn('{% icon "vote" %}') == '<span class="i i-vote" aria-hidden="true"></span>'
    assert drawn('{% badge "Not voted" "wait" %}') == '<span class="badge" data-tone="wait">Not voted</span>'
    with pytest.raises(ValueError, match="rocket"):
        drawn('{% icon "rocket" %}')
    with pytest.raises(ValueError, match="purple"):
        drawn('{% badge "x" "purple" %}')


@pytest.mark.parametrize(
    "source", ["{% badge evil %}", "{% seats votes evil %}", "{{ evil|initials }}", "{{ evil|link_text }}"]
)
def test_what_people_type_never_becomes_markup(source: str) -> None:
    assert "<script" not in drawn(source, evil=EVIL, votes=[EVIL])


def test_a_seal_is_eight_characters_of_any_form_of_digest() -> None:
    digest = "7f3a91c25be04d17"
    expected = '<span class="seal"><b>7F3A</b><b>91C2</b></span>'
    assert drawn("{% seal d %}", d=digest) == drawn("{% seal d %}", d=bytes.fromhex(digest)) == expected
    assert drawn("{% seal d %}", d=memoryview(bytes.fromhex(digest))) == expected
    assert 'data-size="lg"' in drawn('{% seal d "lg" %}', d=digest)
    assert drawn("{% seal d %}", d="") == ""
    assert drawn("{{ d|receipt }}", d=digest) == "7F3A 91C2"


@pytest.mark.parametrize(
    ("votes", "label"),
    [
        (["for"] * 7, "7 of 7 in favour"),
        (["for"] * 5 + ["", ""], "5 of 7 in favour, 2 have not voted"),
        (["for"] * 6 + [""], "6 of 7 in favour, 1 has not voted"),
        (["for", "object", ""], "1 of 3 in favour, stopped by 1 objection"),
        ([], "0 of 0 in favour"),
    ],
)
def test_seats_say_in_words_what_they_show(votes: list[str], label: str) -> None:
    html = drawn("{% seats votes %}", votes=votes)
    assert f'aria-label="{label}"' in html
    assert html.count("<i") == len(votes)
    assert html.count('data-s="for"') == votes.count("for")


def test_seats_keep_their_order_and_ignore_unknown_votes() -> None:
    assert re.findall(r"<i( data-s=\"\w+\")?>", drawn("{% seats v %}", v=["object", "maybe", "for"])) == [
        ' data-s="object"',
        "",
        ' data-s="for"',
    ]


def test_a_bar_is_widths_of_its_total_and_never_wider() -> None:
    made = parts.bar([("ok", 35, "a"), ("wait", 30, "b"), ("left", 35, "c")], 100, "words")
    assert [(rect.x, rect.width) for rect in made["rects"]] == [(0, 35), (35, 30)]  # type: ignore[attr-defined]
    over = parts.bar([("ok", 80, "a"), ("wait", 50, "b")], 100, "words")
    assert sum(rect.width for rect in over["rects"]) == 100  # type: ignore[attr-defined]
    assert parts.bar([], 0, "words")["rects"] == []


def test_a_bar_draws_what_waits_hatched_and_escapes_its_label() -> None:
    html = drawn("{% bar s 100 label mark %}", s=[("wait", 10, "x")], label='"><b>', mark=Decimal("55.4"))
    assert 'fill="url(#hatch)"' in html
    assert 'x="55.4%"' in html
    assert "<b>" not in html


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_bars_and_times_keep_a_decimal_point_in_every_language(language: str) -> None:
    with override(language):
        html = drawn("{% bar s 3 'x' %}", s=[("ok", 1, "x")])
    assert 'width="33.33%"' in html


def test_moments_are_shown_in_the_groups_zone_whatever_zone_they_come_in() -> None:
    html = drawn("{% when at %}", at=datetime(2026, 11, 20, 12, 0, tzinfo=ZoneInfo("UTC")))
    assert html == '<time datetime="2026-11-20T20:00+08:00">Fri 20 Nov, 20:00 (UTC+8)</time>'
    with override("zh-hans"):
        assert "11月20日 周五 20:00（UTC+8）" in drawn("{% when at %}", at=NOW.replace(hour=20, minute=0))


def test_a_moment_can_begin_a_sentence_and_be_kept_for_one() -> None:
    at = NOW.replace(hour=20, minute=0)
    assert ">Today 20:00" in drawn('{% when at "near" caps=True %}', at=at)
    assert drawn('{% when at "time" as t %}Closes {{ t }}.', at=at).endswith("20:00 (UTC+8)</time>.")
    assert drawn("{% when at %}", at=None) == ""


def test_a_moment_with_seconds_keeps_them_for_machines() -> None:
    assert 'datetime="2026-11-20T15:10:00+08:00"' in drawn('{% when at "seconds" %}', at=NOW)


@pytest.mark.parametrize(
    ("on", "shape", "html"),
    [
        (date(2026, 11, 2), "", '<time datetime="2026-11-02">Mon 2 Nov</time>'),
        (date(2026, 10, 19), "", '<time datetime="2026-10-19">Mon 19 Oct 2026</time>'),
        (date(2026, 11, 2), "year", '<time datetime="2026-11-02">Mon 2 Nov 2026</time>'),
        (date(2026, 11, 1), "month", '<time datetime="2026-11">November 2026</time>'),
        (datetime(2026, 11, 20, 18, 0, tzinfo=ZoneInfo("UTC")), "", '<time datetime="2026-11-21">Sat 21 Nov</time>'),
    ],
)
def test_days(on: date, shape: str, html: str) -> None:
    assert drawn("{% day on shape %}", on=on, shape=shape) == html


@pytest.mark.parametrize(
    ("source", "text"),
    [
        ("{{ 1320000000|amount }}", "1,320"),
        ("{{ 792000000|u }}", "792\u00a0U"),
        ("{{ 528000000|lxp }}", "528\u00a0LXP"),
        ("{{ 240000000|money2 }}", "240.00"),
        ("{{ 240000000|u2 }}", "240.00\u00a0U"),
        ("{{ 150|hours }}", "1.5\u00a0h"),
        ("{{ 150|hours_plain }}", "1.5"),
        ("{{ nothing|amount }}{{ nothing|u }}{{ nothing|hours }}{{ nothing|percent }}", ""),
        ("{{ 'Lin Wei'|initials }}", "LW"),
        ("{{ '陈宇'|initials }}", "陈"),
        ("{{ ''|initials }}", "?"),
        ("{{ '0x7E57A11C'|spaced:4 }}", "0x7E 57A1 1C"),
        ("{{ 'https://github.com/a/b/pull/212'|link_text }}", "github.com/…/212"),
        ("{{ 'https://example.org/'|link_text }}", "example.org"),
    ],
)
def test_filters(source: str, text: str) -> None:
    assert drawn(source, nothing=None) == text


def test_a_stacked_table_has_a_role_on_every_part() -> None:
    html = drawn(
        '{% stack %}<table class="table" data-stack="side"><thead><tr><th scope="col">A</th></tr></thead>'
        '<tbody><tr><th scope="row">x</th><td class="n">{{ evil }}</td><td role="gridcell"></td></tr></tbody>'
        "<tfoot><tr><td></td></tr></tfoot></table>{% endstack %}",
        evil=EVIL,
    )
    assert html.startswith('<div class="tablebox"><table role="table" class="table"')
    assert html.count('role="rowgroup"') == 3
    assert html.count('role="row"') == 3
    assert '<th role="columnheader" scope="col">' in html
    assert '<th role="rowheader" scope="row">' in html
    assert html.count('role="cell"') == 2
    assert '<td role="gridcell">' in html
    assert "&lt;script&gt;" in html


def test_stack_must_be_closed() -> None:
    with pytest.raises(TemplateSyntaxError):
        drawn("{% stack %}<table></table>")


class Claim(forms.Form):
    """A form with each kind of control."""

    hours = forms.DecimalField(label="Hours", help_text="Half hours are fine")
    link = forms.URLField(
        label="Link", required=False, widget=forms.URLInput(attrs={"placeholder": "type here"}), assume_scheme="https"
    )
    choice = forms.ChoiceField(
        label="Your choice", choices=[("for", "In favour"), ("object", "Object")], widget=forms.RadioSelect
    )
    sure = forms.BooleanField(label="I am sure", required=False)


def test_a_refused_field_ties_hint_and_error_to_its_control_and_keeps_what_was_typed() -> None:
    html = str(Claim({"hours": "many", "choice": ""})["hours"].as_field_group())
    assert "data-invalid" in html
    assert 'aria-describedby="id_hours_helptext id_hours_error"' in html
    assert 'aria-invalid="true"' in html
    assert 'value="many"' in html
    for anchor in ("id_hours_helptext", "id_hours_error"):
        assert f'id="{anchor}"' in html


def test_fields_have_no_placeholder_and_say_when_they_are_optional() -> None:
    html = str(Claim()["link"].as_field_group())
    assert "placeholder" not in html
    assert "(optional)" in html
    assert "(optional)" not in str(Claim()["hours"].as_field_group())


def test_choices_stand_in_a_fieldset_that_the_summary_can_lead_to() -> None:
    form = Claim({"hours": "2"})
    html = str(form["choice"].as_field_group())
    assert html.startswith('<fieldset class="fieldset" id="id_choice" tabindex="-1" data-invalid')
    assert html.count('class="choice"') == 2
    summary = drawn('{% include "parts/errors.html" %}', form=form)
    assert 'href="#id_choice"' in summary
    assert "One answer needs a change" in summary


def test_the_summary_counts_the_answers_and_shows_what_was_typed_as_text() -> None:
    form = Claim({"hours": "many", "choice": EVIL})
    summary = drawn('{% include "parts/errors.html" %}', form=form)
    assert "2 answers need a change" in summary
    assert "<script" not in summary
    assert drawn('{% include "parts/errors.html" %}', form=Claim()) == ""


def test_an_address_is_shown_in_groups_and_copied_whole() -> None:
    html = drawn('{% include "parts/copy.html" with text="0x7E57A11C" %}')
    assert "<span>0x7E 57A1 1C</span>" in html
    assert 'data-copy="0x7E57A11C"' in html
    assert "<span>0x7E57A1 1C</span>" in drawn('{% include "parts/copy.html" with text="0x7E57A11C" size=8 %}')


def test_a_job_stops_asking_when_it_is_finished() -> None:
    job = SimpleNamespace(id=3, done=9, total=14)
    source = '{% include "parts/job.html" with title="Month run" url="/x" %}'
    assert 'hx-trigger="every 2s"' in drawn(source, job=job)
    assert "hx-trigger" not in drawn(source, job=job, finished=True)
    assert 'max="14" value="9"' in drawn(source, job=job)


def test_the_zone_falls_back_to_the_active_one_without_a_frame() -> None:
    assert parts.when(Context({"now": NOW}), NOW.replace(hour=20, minute=0)).endswith("12:00 (UTC)</time>")
