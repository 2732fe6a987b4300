"""The test clock in the background: one move at a time, and trouble is told."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import psycopg
from desk_kit import DeskInHand, shanghai

from bot.app.clock_panel import _LOCK, ClockPanel


def test_a_move_does_what_falls_due_on_the_way(desk: DeskInHand) -> None:
    case = desk.case(desk.portfolio(), due_on=date(2026, 3, 8))
    desk.set_now(shanghai("2026-03-10 08:00"))
    panel, until = ClockPanel(desk.product), shanghai("2026-03-10 18:00")
    assert panel.advance(until)
    assert panel.moving_to() is None
    assert panel.trouble() is None
    assert abs(panel.now() - until) < timedelta(minutes=1)
    assert len(desk.texts(case)) == 1


def test_a_second_process_does_not_move_the_clock_at_the_same_time(
    desk: DeskInHand, database_url: str
) -> None:
    before, panel = desk.now, ClockPanel(desk.product)
    with psycopg.connect(database_url) as other:
        other.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])
        panel.advance(before + timedelta(days=1))
    assert panel.trouble() == "another process moves it"
    assert panel.trouble() is None
    assert desk.now - before < timedelta(minutes=1)


def test_a_sandbox_that_is_away_is_told_and_the_clock_stays(desk: DeskInHand) -> None:
    settings = desk.product.settings.model_copy(update={"sandbox_url": "http://127.0.0.1:9"})
    before, panel = desk.now, ClockPanel(replace(desk.product, settings=settings))
    panel.advance(before + timedelta(hours=1))
    assert "sandbox does not answer" in (panel.trouble() or "")
    assert desk.now - before < timedelta(minutes=1)
