"""What `/metrics` and `yuehuan doctor` tell of calls."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import pytest
import requests
from call_kit import KNOWN, act, called, let_call, settle, sid_of, talk
from desk_kit import SENDER, DeskInHand
from prometheus_client import CollectorRegistry, generate_latest
from test_transfers import collector, ringing

from bot.app.call_metrics import CallMetrics
from bot.app.carrier_account import number_at_carrier
from bot.app.doctor import Finding, Verdict, examine
from bot.app.doctor_calls import CallSetUp, CarrierNumber, call_checks
from bot.store.call_figures import CallFigures


def told(desk: DeskInHand) -> dict[str, float]:
    """The figures of calls, by name and labels."""
    registry = CollectorRegistry()
    registry.register(CallMetrics(desk.product.pool, desk.product.clock.real))
    lines = generate_latest(registry).decode().splitlines()
    return {
        name: float(value)
        for name, _, value in (line.rpartition(" ") for line in lines if not line.startswith("#"))
    }


def test_a_desk_without_calls_tells_so(desk: DeskInHand) -> None:
    figures = told(desk)
    assert figures['yuehuan_calls_running{mode="test"}'] == 0
    assert figures['yuehuan_calls_placed_last_day{mode="live"}'] == 0
    assert not [name for name in figures if name.startswith("yuehuan_calls_answered_ratio")]


def test_running_calls_endings_and_transfers_are_counted(desk: DeskInHand) -> None:
    collector(desk)
    case_id = called(desk)
    sid = sid_of(desk, case_id)
    assert told(desk)['yuehuan_calls_running{mode="test"}'] == 1
    act(desk, sid, "answer", **{"as": "human"})
    talk(desk, sid, *KNOWN, "0")
    transfers = 'yuehuan_call_transfers_last_day{mode="test",outcome="%s"}'
    assert told(desk)[transfers % "waiting"] == 1
    leg = ringing(desk)
    act(desk, leg, "answer")
    act(desk, leg, "press", keys="1")
    act(desk, leg, "hangup")
    settle(desk)
    figures = told(desk)
    assert figures[transfers % "connected"] == 1
    assert figures['yuehuan_calls_running{mode="test"}'] == 0
    ended = 'yuehuan_calls_last_day{direction="outbound",mode="test",outcome="answered"}'
    assert figures[ended] == 1
    assert figures['yuehuan_calls_answered_ratio_last_day{mode="test"}'] == 1
    assert figures["yuehuan_collectors_on_duty"] == 1


def test_a_collector_who_did_not_pick_up_is_told_apart(desk: DeskInHand) -> None:
    collector(desk)
    case_id = called(desk)
    sid = sid_of(desk, case_id)
    act(desk, sid, "answer", **{"as": "human"})
    talk(desk, sid, *KNOWN, "0")
    act(desk, ringing(desk), "decline")
    transfers = 'yuehuan_call_transfers_last_day{mode="test",outcome="not_picked_up"}'
    assert told(desk)[transfers] == 1


def test_a_machine_is_no_answer(desk: DeskInHand) -> None:
    called(desk, phone="+8613800138923")
    settle(desk)
    assert told(desk)['yuehuan_calls_answered_ratio_last_day{mode="test"}'] == 0


def test_a_database_that_is_gone_keeps_no_other_figure_back(desk: DeskInHand) -> None:
    @contextmanager
    def gone(**_: Any) -> Iterator[None]:
        raise OSError("no database")
        yield

    class Gone:
        connection = staticmethod(gone)

    metrics = CallMetrics(Gone(), desk.product.clock.real)  # type: ignore[arg-type]
    assert list(metrics.collect()) == []


def test_the_time_a_caller_waits_for_each_page_is_measured(desk: DeskInHand) -> None:
    case_id = called(desk)
    sid = sid_of(desk, case_id)

    def turns() -> float:
        text = requests.get(f"{desk.url}/metrics", timeout=10).text
        name = 'yuehuan_call_turn_seconds_count{page="turn"}'
        counts = [line.split()[-1] for line in text.splitlines() if line.startswith(name)]
        return float(counts[0]) if counts else 0.0

    before = turns()
    act(desk, sid, "answer", **{"as": "human"})
    talk(desk, sid, *KNOWN)
    assert turns() - before == 2


def setup_of(desk: DeskInHand) -> CallSetUp:
    """Where the checks look."""

    @contextmanager
    def figures() -> Iterator[CallFigures]:
        with desk.product.pool.connection() as connection:
            yield CallFigures(connection)

    def portfolios(ids: Any) -> Any:
        with desk.product.transactions() as store:
            return list(store.portfolios(ids).values())

    settings = desk.product.settings
    return CallSetUp(figures, portfolios, lambda address: number_at_carrier(settings, address))


def checked(desk: DeskInHand, **changed: Any) -> dict[str, Finding]:
    """What the doctor finds, by check."""
    checks = call_checks(desk.product.settings, replace(setup_of(desk), **changed))
    return dict(examine(checks))


def test_a_desk_that_calls_nobody_needs_nothing(desk: DeskInHand) -> None:
    desk.portfolio()
    found = checked(desk)
    assert {each.verdict for each in found.values()} == {Verdict.OK}
    assert len(found) == 4


def test_a_desk_in_order_is_found_in_order(
    desk: DeskInHand, monkeypatch: pytest.MonkeyPatch
) -> None:
    let_call(desk)
    desk.portfolio()
    collector(desk)
    ours = CarrierNumber(voice=True, voice_url=f"{desk.url}/webhooks/twilio/voice/inbound")
    found = checked(desk, number=lambda address: ours if address == SENDER else None)
    assert [(name, each.detail) for name, each in found.items() if each.verdict != "ok"] == []


@pytest.mark.parametrize(
    ("number", "verdict", "said"),
    [
        (None, "failed", "not a number of this account"),
        (CarrierNumber(voice=False, voice_url=""), "failed", "cannot carry calls"),
        (CarrierNumber(voice=True, voice_url=""), "warning", "go nowhere"),
        (CarrierNumber(voice=True, voice_url="https://example.org/"), "warning", "go elsewhere"),
    ],
)
def test_a_number_that_cannot_call_or_leads_elsewhere_is_told(
    desk: DeskInHand, number: CarrierNumber | None, verdict: str, said: str
) -> None:
    let_call(desk)
    finding = checked(desk, number=lambda _: number)["voice numbers"]
    assert finding.verdict == verdict
    assert said in finding.detail
    assert finding.remedy


def test_the_carrier_is_asked_for_the_number_itself(desk: DeskInHand) -> None:
    """The sandbox of these tests owns no number by name."""
    let_call(desk)
    assert "not a number of this account" in checked(desk)["voice numbers"].detail


def test_webhooks_that_forged_calls_pass_or_signed_ones_do_not_are_told(desk: DeskInHand) -> None:
    let_call(desk)
    assert checked(desk)["voice webhooks"].verdict == Verdict.OK
    with_another = desk.product.settings.model_copy(update={"public_base_url": desk.url + "/x"})
    lost = dict(examine(call_checks(with_another, setup_of(desk))))["voice webhooks"]
    assert (lost.verdict, "404" in lost.detail) == (Verdict.FAILED, True)


def test_words_that_lack_are_told_before_the_first_call(desk: DeskInHand) -> None:
    let_call(desk)
    desk.portfolio(packs=["us"])
    warned = checked(desk)["words for calls"]
    assert (warned.verdict, "--contact-name" in warned.remedy) == (Verdict.WARNING, True)
    desk.sql("UPDATE portfolio SET phone = ''")
    failed = checked(desk)["words for calls"]
    assert (failed.verdict, "phone is empty" in failed.detail) == (Verdict.FAILED, True)


def test_a_name_that_makes_the_first_words_too_long_is_told(desk: DeskInHand) -> None:
    let_call(desk)
    desk.portfolio(creditor="晨光消费金融股份有限公司上海浦东新区第一分公司")
    finding = checked(desk)["words for calls"]
    assert finding.verdict == Verdict.WARNING
    assert "loans: the first words of a call take" in finding.detail
    assert "portfolio set loans --creditor" in str(finding.remedy)


def test_nobody_on_duty_is_worth_knowing(desk: DeskInHand) -> None:
    let_call(desk)
    assert checked(desk)["collectors on duty"].verdict == Verdict.WARNING
    collector(desk)
    assert "1 on duty" in checked(desk)["collectors on duty"].detail
