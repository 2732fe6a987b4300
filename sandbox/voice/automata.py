"""What answers without a person: machines, announcements, lines that are dead or busy."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sandbox.voice.amd import Callee

if TYPE_CHECKING:
    from sandbox.voice.line import Line

RING_S = 6.0  # a person takes this long to pick up
MACHINE_RING_S = 20.0
PUT_DOWN_S = 2.0
TAPE_S = 120.0  # how long a machine records before it hangs up
FAILED_SIP = {"dead": 404, "unreachable": 480, "carrier_down": 503}
GREETING = "您好，我现在不方便接听电话，请在提示音后留言。"
ANNOUNCEMENTS = {
    "announces_dead": "您好，您所拨打的号码是空号，请核对后再拨。",
    "announces_off": "您好，您所拨打的电话已关机，请稍后再拨。",
    "announces_stopped": "您好，您所拨打的电话已停机。",
}
_CALLEES = {
    "machine": Callee("machine", GREETING, beep=True),
    "machine_silent": Callee("machine", GREETING, beep=False),
    "fax": Callee("fax"),
    "undetected": Callee("unknown"),
    "silent": Callee("human"),
    "hang_up": Callee("human"),
}


def behave(line: Line) -> None:
    """Let a number with a fate of its own do what it does; others wait for a person."""
    fate = line.call.fate
    if fate == "busy":
        line.end("busy", sip=486)
    elif fate == "no_answer":
        line.call.elapsed += float(line.call.order.timeout)
        line.end("no-answer", sip=487)
    elif fate in ANNOUNCEMENTS:
        announcement = ANNOUNCEMENTS[fate]
        line.announcement = announcement
        _pick_up(line, Callee("machine", announcement, beep=False))
    elif fate in _CALLEES:
        _pick_up(line, _CALLEES[fate])


def _pick_up(line: Line, callee: Callee) -> None:
    machine = callee.kind in {"machine", "fax"}
    line.call.elapsed += MACHINE_RING_S if machine else RING_S
    line.alone = True
    line.after(PUT_DOWN_S if line.call.fate == "hang_up" else TAPE_S, lambda: _put_down(line))
    line.board.pick_up(line, callee)


def _put_down(line: Line) -> None:
    line.note("them", "hangup", "")
    line.end("completed")
