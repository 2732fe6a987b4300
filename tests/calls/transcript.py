"""Calls written down line by line, replayed by the engine with the product's own reading.

    # what the call shows
    @ d1_5 zh-CN desk=closed
    人按 1        keys             人说 明天还    words
    人不出声      silence          挂断           the line is gone
    答录 fax      AMD's report     录音 12        seconds recorded
    转接 busy     end of transfer
    机 …          what is said     记 …           an outcome

Lines of 机 and 记 are what the engine gives; run this file to write them anew, then read them.
"""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path

from call_cast import ID_TAIL, case, context, library, lobby

from bot.domain.call import (
    CallContext,
    CallKind,
    CallScript,
    Desk,
    Duties,
    Heard,
    Level,
    Outcome,
    StartRecording,
    Transfer,
    TransferEnd,
    Turn,
    begin,
    expects_reference,
    hang_up,
    hear,
)
from bot.policy.lexicon import understand

FOLDER = Path(__file__).parent / "golden"


def replay(text: str) -> str:
    """The same transcript with what the engine says to it now."""
    out: list[str] = []
    script: CallScript | None = None
    turn: Turn | None = None
    given: dict[str, str] = {}
    for line in text.splitlines():
        if line.startswith("@ "):
            script, given = _opening(line)
            turn = begin(script, _context(script, given, known="known" in given))
            out += [line, *_shown(turn)]
        elif line[:2] in ("人按", "人说", "答录", "录音", "转接") or line == "人不出声":
            assert script is not None
            assert turn is not None
            known = "known" in given or _names_case(script, turn, line)
            if known:
                given["known"] = "1"
            turn = hear(script, turn.session, _heard(line), _context(script, given, known=known))
            out += [line, *_shown(turn)]
        elif line == "挂断":
            assert turn is not None
            turn = hang_up(turn.session)
            out += [line, *_shown(turn)]
        elif not line.startswith(("机", "记", "　")):
            out.append(line)
    return "\n".join(out) + "\n"


def _opening(line: str) -> tuple[CallScript, dict[str, str]]:
    _, kind, language, *options = line.split()
    given = dict(option.split("=") for option in options)
    if kind != "inbound" or given.get("caller") != "unknown":
        given["known"] = "1"
    return library().pick(CallKind(kind), language), given


def _context(script: CallScript, given: dict[str, str], *, known: bool) -> CallContext:
    desk = Desk(given.get("desk", "closed"))
    if not known:
        return lobby(script.language, understand=understand, desk=desk)
    facts = case()
    if given.get("debtor") == "company":
        facts = replace(facts, debtor=replace(facts.debtor, name="宏远五金制品（深圳）有限公司"))
    return context(
        script.language,
        facts=facts,
        contact_name=given.get("contact", ""),
        understand=understand,
        desk=desk,
        id_tail=given.get("id", ID_TAIL).replace("none", ""),
        link=given.get("link", "yes") == "yes",
        duties=Duties(
            ai_notice=given.get("ai", "yes") == "yes",
            record_notice=given.get("record", "yes") == "yes",
            collector_notice=given.get("agency") == "yes",
            voicemail=given.get("voicemail") == "yes",
        ),
        **({} if given.get("contract", "yes") == "yes" else {"identity": ()}),
    )


def _names_case(script: CallScript, turn: Turn, line: str) -> bool:
    """The desk knows one contract number only."""
    return expects_reference(script, turn.session) and line.removesuffix("#") == "人按 2026000112"


def _heard(line: str) -> Heard:
    what, _, rest = line.partition(" ")
    return {
        "人按": lambda: Heard.digits(rest),
        "人说": lambda: _speech(rest),
        "人不出声": Heard.silence,
        "答录": lambda: Heard.machine(rest),
        "录音": lambda: Heard.recorded(int(rest)),
        "转接": lambda: Heard.transfer(TransferEnd(rest)),
    }[what]()


def _speech(rest: str) -> Heard:
    words, _, confidence = rest.partition(" ?")
    return Heard.speech(words, float(confidence or 0.9))


def _shown(turn: Turn) -> list[str]:
    lines = [f"机 {text}" for text in turn.said]
    for output in turn.outputs:
        if isinstance(output, Transfer):
            lines.append(f"机 （对专员）{output.whisper.text}")
        if isinstance(output, StartRecording):
            lines.append("记 开始录音")
    lines += [f"记 {_told(outcome)}" for outcome in turn.outcomes]
    if turn.session.ended:
        lines.append("记 结束")
    return lines


def _told(outcome: Outcome) -> str:
    told: list[object] = [outcome.kind.value]
    told += [outcome.date, outcome.amount_minor, *(outcome.later or ())]
    told += [outcome.dispute_kind, outcome.reason]
    told += [f"{outcome.start:%m-%d %H:%M}" if outcome.start else None]
    told += ["" if outcome.confirmed else "未确认", *sorted(outcome.flags)]
    told += ["" if outcome.level is Level.FACT else "未核实"]
    return " ".join(str(each) for each in told if each)


if __name__ == "__main__":
    for path in sorted(FOLDER.glob("*.txt")):
        path.write_text(replay(path.read_text("utf-8")), "utf-8")
        sys.stdout.write(f"{path.name}\n")
