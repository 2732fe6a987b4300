"""Every rule of lint catches its own failing sample, and names place and remedy."""

from __future__ import annotations

from pathlib import Path

import pytest
from script_folder import GOOD, entry, examine, folder, rules

from bot.scripts import ScriptError, load_scripts
from bot.scripts.lint import lint
from bot.scripts.rulebook import load_rulebook
from bot.scripts.source import read_sources

LINK = "{{link}} 拒收请回复R"
CN = GOOD["zh-CN"]


def test_a_good_script_has_no_findings(tmp_path: Path) -> None:
    assert rules(tmp_path, entry()) == []


@pytest.mark.parametrize(
    ("rule", "text"),
    [
        ("placeholder", CN.replace("{{amount_due}}", "{{amuont_due}}")),
        ("placeholder", CN.replace("您好", "您好{% if lnik %}呀{% endif %}")),
        ("template", CN.replace("{{phone}}", "{{phone")),
        ("segments", CN + "请您留意，" * 20),
        ("signature", CN.removeprefix("【{{signature}}】")),
        ("signature", "您好" + CN),
        ("signature", CN.replace("您好", "【重要】您好")),
        ("signature", CN.replace("{{signature}}", "东升")),
        ("opt-out", CN.removesuffix("拒收请回复R")),
        ("elements", CN.replace("{{amount_due}}", "一笔钱")),
        ("elements", CN.replace("{{due_date}}", "近日")),
        ("elements", CN.replace("，账户{{payee_account}}", "")),
        ("elements", CN.replace("，账户{{payee_account}}", "{% if link %}，{{link}} {% endif %}")),
        ("reachable", CN.replace("，电话{{phone}}", "")),
        ("link-spacing", CN.replace("账户{{payee_account}}", "链接{{link}}")),
        ("variant", CN.replace("您好", "您好，請")),
        ("width", CN.replace("，", ",", 1)),
        ("width", CN.replace("电话", "电话１")),
        ("width", CN.replace("您好", '"您好"')),
        ("width", CN.replace("您好", "「您好」")),
        ("forbidden", CN.replace("您好", "您看着办")),
        ("schema", "   "),
    ],
)
def test_a_spoilt_mainland_text_is_found(tmp_path: Path, rule: str, text: str) -> None:
    assert rule in rules(tmp_path, entry(cn=text))


@pytest.mark.parametrize(
    ("rule", "changes"),
    [
        ("purpose", {"purpose": "remind"}),
        ("version", {"version": 0}),
        ("schema", {"asks": "weather"}),
        ("schema", {"version": "1"}),
        ("schema", {"version": True}),
        ("schema", {"when": None}),
        ("schema", {"wehn": "逾期"}),
        ("locale", {"texts": {"zh-HK": None}}),
        ("locale", {"texts": {"en-US": "hello"}}),
        ("offers", {"offers": {"7": "promise_to_pay"}}),
        ("disclosure", {"finance": False}),
        ("privacy", {"id": "answer.wrong_person"}),
    ],
)
def test_a_spoilt_header_is_found(tmp_path: Path, rule: str, changes: dict[str, object]) -> None:
    assert rule in rules(tmp_path, entry(**changes))


@pytest.mark.parametrize(
    "text",
    [
        GOOD["zh-TW"].replace("應繳", "应繳"),
        GOOD["zh-TW"].replace("您好", "您好，後天或后天"),
        GOOD["zh-TW"].replace("您好", "您好，這里"),
    ],
)
def test_simplified_characters_in_a_taiwan_text_are_found(tmp_path: Path, text: str) -> None:
    assert "variant" in rules(tmp_path, entry(texts={"zh-TW": text}))


def test_words_in_which_the_plain_form_is_right_pass(tmp_path: Path) -> None:
    text = GOOD["zh-TW"].replace("您好", "您好，皇后大道一公里")
    assert rules(tmp_path, entry(texts={"zh-TW": text})) == []


def test_a_link_without_opt_out_text_is_found_even_in_an_answer(tmp_path: Path) -> None:
    text = "【{{signature}}】请点 {{link}} 还款。"
    assert rules(tmp_path, entry(purpose="answer", cn=text)) == ["opt-out"]
    assert rules(tmp_path, entry(purpose="answer", cn=text + "拒收请回复R")) == []


def test_words_of_debt_are_found_where_anyone_may_read(tmp_path: Path) -> None:
    silent = dict.fromkeys(GOOD, "【{{signature}}】您好。")
    quiet = entry(purpose="answer", finance=False, texts=silent)
    assert rules(tmp_path, quiet) == []
    quiet["texts"]["zh-TW"] = "【{{signature}}】您的逾期款項。"
    assert rules(tmp_path, quiet) == ["disclosure"]


def test_a_text_too_long_for_companies_only_is_found(tmp_path: Path) -> None:
    room = CN.replace("。拒", "，" + "请" * 60 + "。拒")
    assert rules(tmp_path / "a", entry(cn=room), audience="person") == []
    assert rules(tmp_path / "b", entry(cn=room), audience="any") == ["segments"]


def test_an_id_used_twice_is_found(tmp_path: Path) -> None:
    assert "duplicate" in rules(tmp_path, entry(), entry())


def test_a_key_written_twice_is_found_with_its_line(tmp_path: Path) -> None:
    root = folder(tmp_path, entry())
    file = root / "sms" / "test.yaml"
    file.write_text(
        file.read_text("utf-8").replace("  version: 1\n", "  version: 1\n  version: 2\n")
    )
    (finding,) = examine(root)
    assert (finding.rule, finding.line) == ("yaml", 5)


@pytest.mark.parametrize(
    "text", ["audience: person\n", "- 1\n", "audience: x\nscripts: []\n", "a: [\n"]
)
def test_a_file_of_another_shape_is_found(tmp_path: Path, text: str) -> None:
    root = folder(tmp_path, entry())
    (root / "sms" / "other.yaml").write_text(text)
    assert {finding.file for finding in examine(root)} == {"sms/other.yaml"}


def test_an_empty_folder_is_an_error(tmp_path: Path) -> None:
    assert [finding.rule for finding in examine(tmp_path)] == ["schema"]


def test_a_finding_names_file_line_script_and_remedy(tmp_path: Path) -> None:
    root = folder(tmp_path, entry())
    file = root / "sms" / "test.yaml"
    cut = CN.index("{{due_date}}")
    lines = file.read_text("utf-8").replace(
        CN, "|\n      " + CN[:cut] + "\n      您自己看着办。\n      " + CN[cut:]
    )
    file.write_text(lines, "utf-8")
    finding = next(each for each in examine(root) if each.rule == "forbidden")
    assert file.read_text("utf-8").splitlines()[finding.line - 1].strip() == "您自己看着办。"
    assert str(finding).startswith(f"sms/test.yaml:{finding.line}: reminder.test/zh-CN: forbidden:")
    assert "cn.language" in finding.message


def test_a_script_that_fails_cannot_be_used(tmp_path: Path) -> None:
    root = folder(tmp_path, entry(cn="您看着办"))
    with pytest.raises(ScriptError) as caught:
        load_scripts(root)
    assert "sms/test.yaml:8:" in str(caught.value)


def test_unverified_data_is_a_notice_and_does_not_block(tmp_path: Path) -> None:
    root = folder(tmp_path, entry())
    notices = lint(read_sources(root), load_rulebook(root))
    assert [(each.rule, each.level) for each in notices] == [("unverified", "notice")] * 3
    assert "reminder.test" in load_scripts(folder(tmp_path, entry()))


def test_wrong_lint_data_is_refused_with_its_line(tmp_path: Path) -> None:
    root = folder(tmp_path, entry())
    (root / "forbidden.yaml").write_text(
        "practices:\n  - id: x\n    title: x\n    breaks: [a]\n    sources: s\n    remedy: r\n"
        "    patterns:\n      - {match: '坏', sample: 好}\n"
    )
    with pytest.raises(ScriptError, match=r"forbidden.yaml:8: .*does not catch its sample"):
        load_scripts(root)
