"""The product's own texts."""

from __future__ import annotations

import re

import pytest

from bot.domain.vocabulary import INITIATED, Purpose
from bot.scripts import (
    ScriptLibrary,
    UnknownScriptError,
    load_scripts,
    render,
    scripts_root,
)
from bot.scripts.rulebook import Rulebook, load_rulebook
from bot.scripts.source import LOCALES
from bot.scripts.trial import trials

IDS = [
    "welcome",
    "first_instalment",
    "reminder.pre_due",
    "reminder.due_day",
    "reminder.d1_5",
    "reminder.d6_20",
    "reminder.d21_29",
    "reminder.m2",
    "reminder.m3",
    "trade.pre_due",
    "trade.due_day",
    "trade.d1_30",
    "trade.d31_90",
    "trade.d91_180",
    "promise.reminder_day_before",
    "promise.reminder_due_day",
    "promise.broken",
    "promise.instalment_missed",
    "thanks.partial",
    "thanks.full",
    "handoff.notice",
    "call.missed",
    "callback.reminder",
    "answer.promise_readback",
    "answer.promise_confirmed",
    "answer.plan_noted",
    "answer.plan_stands",
    "answer.ask_date",
    "answer.clarify",
    "answer.promise_too_far",
    "answer.already_paid",
    "answer.dispute",
    "answer.dispute_partial",
    "answer.wrong_person",
    "answer.call_later",
    "answer.ask_callback_time",
    "answer.link",
    "answer.installment",
    "answer.hardship",
    "answer.refuse",
    "answer.opt_out",
    "answer.opt_in",
    "answer.request_human",
    "answer.complaint",
    "answer.deceased",
    "answer.self_harm",
    "answer.greeting",
    "answer.question_amount",
    "answer.question_account",
    "answer.question_consequences",
    "answer.question_legitimacy",
    "answer.question_bot",
    "answer.question_other",
    "answer.third_party",
    "desk.link",
    "desk.message",
    "answer.unclear_handoff",
    "answer.nothing_owed",
]


@pytest.fixture(scope="module")
def library() -> ScriptLibrary:
    return load_scripts(scripts_root())


@pytest.fixture(scope="module")
def book() -> Rulebook:
    return load_rulebook(scripts_root())


def test_all_scripts_are_there_in_every_locale(library: ScriptLibrary) -> None:
    assert sorted(library.ids) == sorted(IDS)
    assert {(s.id, s.locale) for s in library} == {(i, locale) for i in IDS for locale in LOCALES}


def test_an_unknown_locale_reads_mainland_chinese_and_an_unknown_id_is_an_error(
    library: ScriptLibrary,
) -> None:
    assert library.pick("welcome", "en-GB").locale == "zh-CN"
    assert library.pick("welcome", "zh-TW").locale == "zh-TW"
    with pytest.raises(UnknownScriptError, match="welcom"):
        library.pick("welcom", "zh-CN")


def test_every_text_takes_the_fast_form(library: ScriptLibrary) -> None:
    assert [script.id for script in library if not script.template.simple] == []


def test_the_fast_form_and_jinja_agree_on_every_text(
    library: ScriptLibrary, book: Rulebook
) -> None:
    for script in library:
        for trial in trials(script, book, notice=False):
            assert trial.rendered.text == script.template.fill_by_jinja(trial.values)


def test_no_rendered_text_breaks_a_rule_of_wording(library: ScriptLibrary, book: Rulebook) -> None:
    for script in library:
        for trial in trials(script, book):
            assert not list(book.forbidden.hits(trial.rendered.text)), trial.rendered.text


def test_no_text_has_doubled_or_missing_punctuation(library: ScriptLibrary, book: Rulebook) -> None:
    for script in library:
        for trial in trials(script, book, notice=False):
            text = trial.rendered.text
            assert not re.search(r"[，。！？；：]{2}|  |【】|^\s|\s$", text), text
            assert text[-1] in "。！？R", text


def test_a_contact_we_begin_names_the_desk_its_phone_and_how_to_stop(
    library: ScriptLibrary, book: Rulebook
) -> None:
    for script in (each for each in library if each.purpose in INITIATED):
        for trial in trials(script, book, notice=False):
            assert trial.rendered.content.signature_ok
            assert trial.rendered.content.opt_out_text
            assert trial.values["phone"] in trial.rendered.text


def test_texts_that_strangers_or_grieving_people_read_tell_no_debt(library: ScriptLibrary) -> None:
    silent = {"answer.wrong_person", "answer.deceased", "answer.self_harm", "answer.opt_out"}
    assert all(not s.finance and not s.has_link for s in library if s.id in silent)
    assert library.pick("answer.wrong_person", "zh-CN").needs == {"signature"}


def test_the_read_back_says_what_was_understood(library: ScriptLibrary, book: Rulebook) -> None:
    script = library.pick("answer.promise_readback", "zh-CN")
    values = {"signature": "东升", "promise_date": "11月28日", "promise_amount": "2000元"}
    text = render(script, values).text
    assert text == "【东升】您承诺11月28日还款2000元，确认请回1，修改请直接回复日期。谢谢！"
    assert script.offers == {"1": "confirm"}
    assert script.asks == "confirm_promise"


def test_the_clarifying_question_offers_four_keys(library: ScriptLibrary) -> None:
    offers = library.pick("answer.clarify", "zh-TW").offers
    assert offers == {
        "1": "promise_to_pay",
        "2": "already_paid",
        "3": "dispute",
        "0": "request_human",
    }


def test_the_opt_out_is_confirmed_under_its_own_purpose(library: ScriptLibrary) -> None:
    only = {script.id for script in library if script.purpose is Purpose.OPT_OUT_CONFIRMATION}
    assert only == {"answer.opt_out"}


@pytest.mark.parametrize(
    ("locale", "number"), [("zh-CN", "12356"), ("zh-TW", "1925"), ("zh-HK", "2389 2222")]
)
def test_someone_in_despair_gets_the_local_help_line(
    library: ScriptLibrary, book: Rulebook, locale: str, number: str
) -> None:
    script = library.pick("answer.self_harm", locale)
    assert all(number in trial.rendered.text for trial in trials(script, book))


def test_every_script_a_cadence_names_exists(library: ScriptLibrary) -> None:
    cadences = sorted((scripts_root().parent / "bot/policy/cadences").glob("*.yaml"))
    named = {
        name
        for path in cadences
        for name in re.findall(r"\bscript: ([a-z0-9_.]+)", path.read_text("utf-8"))
    }
    assert named
    assert named <= set(library.ids)


def test_every_rule_that_forbidden_wording_names_is_in_a_policy_pack(book: Rulebook) -> None:
    packs = sorted((scripts_root().parent / "bot/policy/packs").glob("*.yaml"))
    rules = {
        name
        for path in packs
        for name in re.findall(r"- id: ([a-z0-9_.]+)", path.read_text("utf-8"))
    }
    named = {rule for practice in book.forbidden.practices for rule in practice.breaks}
    assert named - rules == set()


def test_a_greeting_during_an_open_promise_is_not_asked_for_a_date_again(
    library: ScriptLibrary,
) -> None:
    script = library.pick("answer.greeting", "zh-CN")
    values = {"signature": "东升", "creditor": "东升"}
    assert "哪天还款" in render(script, values).text
    promised = render(script, {**values, "open_promise_date": "11月28日"}).text
    assert "哪天还款" not in promised
    assert "11月28日" in promised
