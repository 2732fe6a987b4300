"""Whole calls, written down and read by a person; what breaks off keeps what was reached."""

import pytest
from transcript import FOLDER, replay

from bot.domain.call import OutcomeKind

CALLS = [
    pytest.param(text, id=f"{path.stem}-{number}")
    for path in sorted(FOLDER.glob("*.txt"))
    for number, text in enumerate(path.read_text("utf-8").strip().split("\n\n"), 1)
]


@pytest.mark.parametrize("written", CALLS)
def test_a_call_goes_as_it_is_written_down(written):
    assert replay(written).strip() == written.strip()


@pytest.mark.parametrize("written", CALLS)
def test_a_line_that_is_lost_at_any_turn_loses_nothing_that_was_reached(written):
    """Each call is cut after each input: what was noted until then is still noted, then it ends."""
    lines = [line for line in written.splitlines() if line != "挂断"]
    inputs = [i for i, line in enumerate(lines) if line.startswith(("人", "录", "转", "答"))]
    for cut in inputs:
        end = next((i for i in inputs if i > cut), len(lines))
        until = lines[:end]
        heard = [line for line in until if not line.startswith(("机", "记"))]
        cut_off = replay("\n".join([*heard, "挂断", "挂断"])).splitlines()
        noted = [line for line in cut_off if line.startswith("记")]
        before = [line for line in until if line.startswith("记") and line != "记 结束"]
        assert noted[: len(before)] == before
        assert noted[-1] == "记 结束"
        after = [line.split()[1] for line in noted[len(before) :] if line != "记 结束"]
        assert len(after) <= 1  # hanging up twice adds nothing
        assert all(each in list(OutcomeKind) for each in after)
