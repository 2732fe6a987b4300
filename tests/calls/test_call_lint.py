"""A call that would leave somebody hanging, or say too much, is refused with its place and remedy."""

import shutil
from pathlib import Path

import pytest

from bot.app.cli import run
from bot.domain.call import CallKind
from bot.scripts.calls import load_calls
from bot.scripts.calls.lint import lint_calls
from bot.scripts.calls.source import read_calls
from bot.scripts.findings import ScriptError
from bot.scripts.lock import NAME, written
from bot.scripts.rulebook import load_rulebook
from bot.scripts.wording import scripts_root


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The product's own calls, to spoil."""
    shutil.copytree(scripts_root() / "ivr", tmp_path / "ivr")
    return tmp_path


def found(folder: Path, *, lock: bool = True):
    """(file, rule, message) of every error; the lock made anew unless it is what is tested."""
    sources = read_calls(folder)
    if lock:
        (folder / NAME).write_text(written(sources.calls), "utf-8")
    return [f for f in lint_calls(sources, load_rulebook(folder)) if f.level == "error"]


def spoil(folder: Path, old: str, new: str, file: str = "common.yaml") -> int:
    """Replaces `old` once and gives its line."""
    path = folder / "ivr" / file
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), "utf-8")
    return text[: text.index(old)].count("\n") + 1


def test_the_products_own_calls_have_no_fault():
    sources = read_calls(scripts_root())
    assert lint_calls(sources, load_rulebook(scripts_root())) == []
    assert {call.kind for call in sources.calls} == set(CallKind)


SPOILT = [
    ("then: fact_wrong_gone", "wrong: fact_wrong\n", "wrong: fact_gone\n", "path", "fact_gone"),
    ("silence in circles", "silence: nobody", "silence: identity", "path", "circles"),
    ("no way on in silence", "    silence: nobody\n", "", "schema", "silence"),
    ("no way on for noise", "    unclear: unclear_end\n\n  more:", "\n  more:", "schema", "unclear"),
    ("a dead end", "    end: true\n\n  silent_end:", "    then: bye\n\n  silent_end:", "path", "end"),
    ("two ways on", "    then: identity\n", "    then: identity\n    end: true\n", "schema", "one of"),
    ("an unknown condition", "when: owes", "when: rich", "schema", "rich"),
    ("an unknown outcome", "do: wrong_person", "do: nobody_home", "schema", "nobody_home"),
    ("an unknown kind of question", "ask: share", "ask: mood", "schema", "mood"),
    ("nothing for a wrong value", "    wrong: date_bad\n    silence: silent_end\n", "    silence: silent_end\n", "schema", "wrong"),
    ("a key that is none", "keys: {1: third_party", "keys: {A: third_party", "schema", "not a key"),
    ("an unknown slot", "set: {share: whole}", "set: {mood: whole}", "schema", "mood"),
    ("an unknown share", "set: {share: whole}", "set: {share: third}", "schema", "third"),
    ("an unknown key", "    tries: 1\n", "    attempts: 1\n", "schema", "attempts"),
    ("a step nobody comes to", "  hang_up:\n", "  lost:\n    end: true\n\n  hang_up:\n", "path", "no path"),
    ("the sum before it is the debtor", "请问您是{{asked_for}}吗？", "请问您是{{asked_for}}吗？{{amount_due}}", "disclosure", "amount_due"),
    ("a word of debt before it is the debtor", "先不打扰了，再见。\n      zh-TW: 沒有聽到您的聲音，先不打擾了，再見。\n      yue-HK: 聽唔到您嘅聲音，唔打擾住喇，再見。\n    end: true\n\n  verify", "先不打扰了，欠款再见。\n      zh-TW: 沒有聽到您的聲音，先不打擾了，再見。\n      yue-HK: 聽唔到您嘅聲音，唔打擾住喇，再見。\n    end: true\n\n  verify", "disclosure", "欠"),
    ("no word of the synthetic voice", "{% if ai_notice %}我是{{creditor}}的智能语音助手{% else %}这里是{{creditor}}{% endif %}", "这里是{{creditor}}", "notice", "ai_notice"),
    ("no word of the recording", "{% if record_notice %}，通話會錄音{% endif %}", "", "notice", "record_notice"),
    ("an opening that may be interrupted", "    notice: true\n", "", "notice", "notice"),
    ("no number to check", "官方电话{{phone}}可以核实", "", "opening", "phone"),
    ("an opening that is too long", "您好，{% if ai_notice %}", "您好您好，" * 12 + "{% if ai_notice %}", "opening", " s for a"),
    ("the case left on a machine", "请{{asked_for}}方便时回电", "请{{name}}方便时回电", "machine", "name"),
    ("a question to a machine", "      - hang_up\n", "      - identity\n", "machine", "end the call"),
    ("a sentence that is too long", "谢谢您，再见。", "谢谢您，再见。" * 80, "length", "500"),
    ("forbidden wording", "谢谢您，再见。", "后果自负。", "forbidden", "后果自负"),
    ("a traditional character in Mainland wording", "谢谢您，再见。", "謝谢您，再见。", "variant", "謝"),
    ("an unknown placeholder", "谢谢您，再见。", "谢谢{{nick}}，再见。", "placeholder", "nick"),
    ("a value that may be missing", "谢谢您，再见。", "谢谢{{payee_account}}，再见。", "placeholder", "payee_account"),
    ("broken braces", "谢谢您，再见。", "谢谢{% if %}，再见。", "template", "Jinja"),
    ("a language left out", "      yue-HK: 多謝您，再見。\n", "", "schema", "yue-HK"),
    ("a map that leads nowhere", "  promise_to_pay: promise\n", "  promise_to_pay: vow\n", "path", "vow"),
    ("a transfer without a whisper", "    whisper:\n      zh-CN: 请注意", "    again:\n      zh-CN: 请注意", "schema", "whisper"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("old", "new", "rule", "named"), [s[1:] for s in SPOILT], ids=[s[0] for s in SPOILT]
)
def test_a_spoilt_call_is_refused_by_name(folder, old, new, rule, named):
    spoil(folder, old, new)
    errors = found(folder)
    assert any(each.rule == rule and named in each.message for each in errors), errors
    assert all(each.file.startswith("ivr/") and each.line > 0 for each in errors)
    with pytest.raises(ScriptError):
        load_calls(folder)


def test_the_place_named_is_the_line_that_is_wrong(folder):
    line = spoil(folder, "zh-CN: 谢谢您，再见。", "zh-CN: 后果自负。")
    errors = [each for each in found(folder) if each.rule == "forbidden"]
    assert [(each.file, each.line) for each in errors] == [("ivr/common.yaml", line)]


def test_key_facts_said_once_are_not_enough(folder):
    again = "再说一遍：{{amount_due}}，{{due_date}}。"
    spoil(folder, again, "", "d1_5.yaml")
    spoil(folder, "notice: true", "notice: true", "inbound.yaml")
    rules = {(each.rule, each.script) for each in found(folder)}
    assert ("facts", "ivr.d1_5/facts") in rules


def test_a_debt_collector_that_does_not_say_so_is_refused(folder):
    spoil(
        folder,
        "{% if collector_notice %}我们是受托的债务催收机构，来电是为了收回款项，您提供的信息会用于此事。{% endif %}",
        "",
        "d1_5.yaml",
    )
    assert any(
        each.rule == "notice" and "collector_notice" in each.message for each in found(folder)
    )


def test_a_kind_of_call_without_a_script_is_missed(folder):
    (folder / "ivr" / "d6_20.yaml").unlink()
    assert any("no call of kind d6_20" in each.message for each in found(folder))


def test_a_file_that_is_not_yaml_names_its_line(folder):
    spoil(folder, "id: ivr.d1_5", "id: [ivr.d1_5", "d1_5.yaml")
    assert any(each.rule == "yaml" and each.file == "ivr/d1_5.yaml" for each in found(folder))


def test_words_that_are_missing_are_named(folder):
    spoil(folder, "opening_seconds: 15\n", "", "words.yaml")
    assert any("opening_seconds" in each.message for each in found(folder))


def test_shared_words_changed_without_a_new_version_are_refused_in_every_call(folder):
    found(folder)
    spoil(folder, "zh-CN: 谢谢您，再见。", "zh-CN: 多谢，再见。")
    stale = [each for each in found(folder, lock=False) if each.rule == "version"]
    assert len(stale) == len(CallKind)
    assert f"set version: {version(folder, 'broken_promise.yaml') + 1}" in stale[0].message


def version(folder: Path, file: str) -> int:
    """The version a call says it has."""
    text = (folder / "ivr" / file).read_text("utf-8")
    return int(text.partition("version: ")[2].split()[0])


def test_a_call_raised_to_a_new_version_is_locked_again(folder):
    found(folder)
    now = version(folder, "d1_5.yaml")
    spoil(folder, f"version: {now}", f"version: {now + 1}", "d1_5.yaml")
    rules = [(each.rule, each.script) for each in found(folder, lock=False)]
    assert rules == [("version", "ivr.d1_5")]
    assert found(folder) == []


def test_the_command_lints_calls_with_the_messages(folder, capsys):
    spoil(folder, "zh-CN: 谢谢您，再见。", "zh-CN: 后果自负。")
    for name in ("sms", "answers"):
        shutil.copytree(scripts_root() / name, folder / name)
    assert run(["scripts", "lint", str(folder)]) == 1
    assert "ivr/common.yaml" in capsys.readouterr().out


def test_a_call_can_be_read_step_by_step(capsys):
    assert run(["scripts", "show", "ivr.d1_5", "--locale", "zh-HK"]) == 0
    shown = capsys.readouterr().out
    assert shown.index("[greet]") < shown.index("[identity]") < shown.index("[menu]")
    assert "呢度係" in shown
    assert "1→link" in shown


def test_a_call_that_does_not_exist_is_answered_with_those_that_do(capsys):
    assert run(["scripts", "show", "ivr.d99"]) == 2
    assert "ivr.d6_20" in capsys.readouterr().err
