"""A pack that cannot be used is refused with its file, its line and the reason."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.domain.gate.rules import Cap, Count, Window, WindowKind
from bot.domain.vocabulary import INITIATED, Purpose
from bot.policy.marked import DataError
from bot.policy.pack_loader import load_packs, packs_folder, parse_pack

PACK = """id: xx
version: "1"
jurisdiction: 某地
effective_from: 2026-01-01
zone: Asia/Shanghai
region: CN
rules:
  - id: xx.hours
    title: hours
    instrument: none
    article: "-"
    kind: [product choice]
    confidence: primary
    enforced_by: [gate]
    condition: {hours: {from: "08:00", to: "21:00"}}
    reason_zh: 时段
    cases:
      - {title: day, given: {at: "2026-03-02 10:00:00"}, expect: allow}
      - {title: night, given: {at: "2026-03-02 23:00:00"}, expect: defer, until: "2026-03-03 08:00:00"}
  - id: xx.cap
    title: cap
    instrument: none
    article: "-"
    kind: [product choice]
    confidence: primary
    enforced_by: [gate]
    condition: {cap: {at_most: 2, count: attempts, window: {days: 7}, scope: debtor}}
    reason_zh: 频次
    cases:
      - {title: none before, given: {at: "2026-03-02 10:00:00"}, expect: allow}
      - {title: two before, given: {at: "2026-03-02 10:00:00", contacts: [{at: "2026-03-01 10:00:00", times: 2}]}, expect: defer, until: "2026-03-08 10:00:00"}
"""


def test_a_cap_binds_and_counts_what_the_desk_starts() -> None:
    _, cap = parse_pack(PACK, "packs/xx.yaml").rules
    assert cap.condition == Cap(2, Count.ATTEMPTS, Window(WindowKind.ROLLING, 604800), "debtor")
    assert cap.scope.purposes == INITIATED
    assert cap.place == "packs/xx.yaml:20"


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("[automated]", INITIATED - {Purpose.COLLECTOR}),
        ("[all, -opt_out_confirmation]", frozenset(Purpose) - {Purpose.OPT_OUT_CONFIRMATION}),
        ("[answer, thanks]", frozenset({Purpose.ANSWER, Purpose.THANKS})),
    ],
)
def test_purposes_may_be_named_in_groups(written: str, meant: frozenset[Purpose]) -> None:
    text = PACK.replace(
        "    condition: {hours", f"    scope: {{purposes: {written}}}\n    condition: {{hours"
    )
    assert parse_pack(text, "packs/xx.yaml").rules[0].scope.purposes == meant


@pytest.mark.parametrize(
    ("was", "now", "told"),
    [
        ("id: xx\n", "id: yy\n", "xx.yaml:1: the pack 'yy' must stand in a file yy.yaml"),
        ("zone: Asia/Shanghai", "zone: Asia/Atlantis", "xx.yaml:5: there is no time zone"),
        ("2026-01-01", "soon", "xx.yaml:4: expected a date like 2026-03-01"),
        ("    title: hours\n", "", "xx.yaml:8: missing title"),
        (
            "    title: hours",
            "    titel: hours\n    title: hours",
            "xx.yaml:9: unknown key 'titel'",
        ),
        (
            "    title: hours",
            "    title: a\n    title: b",
            "xx.yaml:10: the key 'title' is here twice",
        ),
        ("kind: [product choice]", "kind: [advice]", "xx.yaml:12: expected one of: law, standard"),
        ("xx.hours\n", "cn.hours\n", "xx.yaml:8: a rule of this pack is named xx."),
        ("id: xx.cap", "id: xx.hours", "xx.yaml:20: the rule xx.hours is here twice"),
        ('to: "21:00"', 'to: "07:00"', "xx.yaml:15: hours must open before they close"),
        ('to: "21:00"', 'to: "21:60"', 'xx.yaml:15: expected a local time like "08:00"'),
        ('to: "21:00"', "to: 21", "xx.yaml:15: expected a text"),
        ("{hours: {from", "{opening: {from", "xx.yaml:15: expected exactly one of: hours"),
        ("at_most: 2", "at_most: 0", "xx.yaml:27: expected a whole number, at least 1"),
        ("days: 7", "days: 8", "xx.yaml:27: contacts are known for 7 days"),
        ("days: 7", "weeks: 1", "xx.yaml:27: expected exactly one of: calendar_days"),
        ("count: attempts", "count: letters", "xx.yaml:27: expected one of: attempts"),
        (
            "{cap: {at_most: 2, count: attempts, window: {days: 7}, scope: debtor}}",
            "{forbid_when: {fact: full_moon}}",
            "xx.yaml:27: unknown fact; known: livemode_mismatch",
        ),
        (
            "{cap: {at_most: 2, count: attempts, window: {days: 7}, scope: debtor}}",
            "{forbid_when: {fact: case_state}}",
            "xx.yaml:27: the fact case_state, and only that",
        ),
        (
            "{cap: {at_most: 2, count: attempts, window: {days: 7}, scope: debtor}}",
            "{require_content: {qualities: [segments]}}",
            "xx.yaml:27: expected some of: has_link",
        ),
        ("    reason_zh: 时段\n", "", "xx.yaml:8: a rule of the gate needs reason_zh"),
        (
            "enforced_by: [gate]",
            "enforced_by: [console]",
            "xx.yaml:8: a rule has a condition exactly",
        ),
        ("expect: allow", "expect: defer, until: x", "xx.yaml:8: a rule of the gate needs cases"),
        ("expect: allow", "expect: pass", "xx.yaml:18: expected allow, deny or defer"),
        ("expect: allow", "expect: defer", "xx.yaml:18: defer, and only that, says until when"),
        ("rules:", "rules: [", "xx.yaml:"),
    ],
)
def test_a_bad_pack_is_refused_at_its_line(was: str, now: str, told: str) -> None:
    assert was in PACK
    with pytest.raises(DataError) as refused:
        parse_pack(PACK.replace(was, now, 1), "packs/xx.yaml")
    assert f"packs/{told}" in str(refused.value)


def test_an_empty_file_is_refused() -> None:
    with pytest.raises(DataError, match=r"packs/xx.yaml:1: the file is empty"):
        parse_pack("# nothing\n", "packs/xx.yaml")


def test_all_problems_of_all_files_are_told_at_once(tmp_path: Path) -> None:
    broken = PACK.replace("at_most: 2", "at_most: 0").replace("[product choice]", "[advice]", 1)
    (tmp_path / "xx.yaml").write_text(broken, "utf-8")
    (tmp_path / "yy.yaml").write_text("", "utf-8")
    with pytest.raises(DataError) as refused:
        load_packs(tmp_path)
    assert [line.split(" ")[0] for line in refused.value.problems] == [
        "packs/xx.yaml:12:",
        "packs/xx.yaml:27:",
        "packs/yy.yaml:1:",
    ]


def test_a_rule_that_nothing_enforces_must_say_so() -> None:
    text = (
        PACK
        + "  - {id: xx.n, title: n, instrument: n, article: n, kind: [law], confidence: primary, enforced_by: [not_enforced]}\n"
    )
    with pytest.raises(DataError, match=r"xx.yaml:32: a rule that nothing enforces needs a note"):
        parse_pack(text, "packs/xx.yaml")


def test_the_products_packs_are_found_wherever_it_is_started(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert (packs_folder() / "base.yaml").is_file()
