"""Who gets a hand-off: the skill, then who knows the debtor, then who has room."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.domain.assignment import Waiting, Worker, choose, hand_out

CHEN, WANG, LI = Worker(1, 0, 10), Worker(2, 5, 10), Worker(3, 9, 10)


def test_the_one_with_the_most_room_gets_it() -> None:
    assert choose(Waiting(1, 1), (WANG, LI, CHEN)) == 1


def test_room_is_counted_against_each_ones_own_limit() -> None:
    part_time = Worker(4, 1, 2)
    assert choose(Waiting(1, 1), (part_time, replace(WANG, load=4))) == 2


def test_who_knows_the_debtor_comes_before_who_has_room() -> None:
    assert choose(Waiting(1, 1, familiar=(2, 3)), (CHEN, WANG, LI)) == 2


def test_who_knows_the_debtor_but_is_full_gets_nothing() -> None:
    full = replace(WANG, load=10)
    assert choose(Waiting(1, 1, familiar=(2,)), (CHEN, full)) == 1


def test_a_skill_is_needed_where_the_reason_takes_one() -> None:
    able = replace(LI, skills=frozenset({"care"}))
    assert choose(Waiting(1, 1, skill="care"), (CHEN, WANG, able)) == 3
    assert choose(Waiting(1, 1, skill="care"), (CHEN, WANG)) is None


def test_specialists_stay_free_for_what_only_they_can_do() -> None:
    special = Worker(0, 0, 10, frozenset({"care"}))
    assert choose(Waiting(1, 1), (special, CHEN)) == 1


def test_who_passed_on_it_does_not_get_it_again() -> None:
    assert choose(Waiting(1, 1, familiar=(1,), passed=frozenset({1})), (CHEN, WANG)) == 2


def test_nobody_gets_a_portfolio_they_may_not_see() -> None:
    narrow = replace(CHEN, books=frozenset({7}))
    assert choose(Waiting(1, 1), (narrow,)) is None
    assert choose(Waiting(1, 7), (narrow,)) == 1


WORKERS = st.lists(
    st.builds(
        Worker,
        st.integers(1, 6),
        st.integers(0, 6),
        st.integers(1, 6),
        st.frozensets(st.sampled_from(["care", "terms"])),
        st.none() | st.frozensets(st.integers(1, 3)),
    ),
    max_size=4,
    unique_by=lambda worker: worker.collector_id,
)
WAITING = st.lists(
    st.builds(
        Waiting,
        st.integers(1, 50),
        st.integers(1, 3),
        st.none() | st.sampled_from(["care", "terms"]),
        st.lists(st.integers(1, 8), max_size=3).map(tuple),
        st.frozensets(st.integers(1, 6), max_size=2),
    ),
    max_size=8,
    unique_by=lambda waiting: waiting.handoff_id,
)


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])  # on a busy machine
@given(WAITING, WORKERS)
def test_no_rule_is_ever_broken_and_nothing_waits_that_somebody_could_take(
    waiting: list[Waiting], workers: list[Worker]
) -> None:
    given_out = hand_out(waiting, workers)
    people = {worker.collector_id: worker for worker in workers}
    load = {who: worker.load for who, worker in people.items()}
    for each in waiting:
        who = given_out.get(each.handoff_id)
        able = [
            worker.collector_id
            for worker in workers
            if load[worker.collector_id] < worker.capacity
            and (each.skill is None or each.skill in worker.skills)
            and (worker.books is None or each.portfolio_id in worker.books)
            and worker.collector_id not in each.passed
        ]
        assert (who is None) == (not able)
        if who is not None:
            assert who in able
            load[who] += 1
