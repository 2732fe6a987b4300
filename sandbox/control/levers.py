"""Control API: faults, clock, delays, webhooks, flush, reset, log."""

from dataclasses import asdict, replace
from datetime import timedelta
from typing import Any

from flask import Blueprint, Response

from sandbox.bad_input import BadInputError, flag_of, json_object, number_of
from sandbox.clock import iso, parse_iso
from sandbox.control.traffic import whole
from sandbox.exchange import Exchange
from sandbox.faults.rule import BadRuleError
from sandbox.numbers import E164
from sandbox.rest.door import document
from sandbox.sms.life import Delays

CENTURY_S = 100 * 365 * 86_400


def levers_api(exchange: Exchange) -> Blueprint:
    """The blueprint."""
    bp = Blueprint("levers", __name__)
    clock, faults, journal = exchange.clock, exchange.faults, exchange.journal

    @bp.get("/health")
    def health() -> Response:
        return document({"status": "ok", "now": iso(clock.now())})

    @bp.get("/clock")
    def read_clock() -> Response:
        return document(_clock(exchange))

    @bp.put("/clock")
    def set_clock() -> Response:
        _move_clock(exchange, json_object())
        journal.write("clock", offset_seconds=clock.offset.total_seconds())
        return document(_clock(exchange))

    @bp.get("/faults")
    def read_faults() -> Response:
        return document(faults.to_json())

    @bp.put("/faults")
    def replace_faults() -> Response:
        body = json_object()
        rules = body.get("rules", [])
        if not isinstance(rules, list):
            raise BadInputError("rules", "rules is a list of rules")
        magic = flag_of(body, "magic", faults.magic)
        faults.replace(rules)
        faults.magic = magic
        return _faults_changed()

    @bp.post("/faults")
    def add_fault() -> Response:
        rule = faults.add(json_object())
        _faults_changed()
        return document({**rule.to_json(), "id": rule.id}, 201)

    @bp.delete("/faults/<rule_id>")
    def remove_fault(rule_id: str) -> Response:
        if not faults.remove(rule_id):
            raise BadInputError("id", f"no rule {rule_id}", 404)
        return _faults_changed()

    def _faults_changed() -> Response:
        now_in_force = faults.to_json()
        journal.write("faults", **now_in_force)
        return document(now_in_force)

    @bp.put("/delays")
    def set_delays() -> Response:
        delays = _delays(json_object(), exchange.life.delays)
        exchange.life.delays = delays
        journal.write("delays", **asdict(delays))
        return document(asdict(delays))

    @bp.put("/inbound-url")
    def set_inbound_url() -> Response:
        _set_inbound_url(exchange, json_object())
        inbound = exchange.inbound
        return document({"url": inbound.url, "urls": inbound.urls})

    @bp.post("/flush")
    def flush() -> Response:
        body = json_object()
        timeout = number_of(body, "timeout_seconds", 30, 0, 600)
        counts = exchange.schedule.flush(timeout, flag_of(body, "hurry"))
        return document(asdict(counts), 200 if counts.idle else 504)

    @bp.post("/reset")
    def reset() -> Response:
        exchange.reset(flag_of(json_object(), "keep_clock"))
        return document({"status": "reset"})

    @bp.get("/log")
    def log() -> Response:
        limit = min(whole("limit", 2000), 20_000)
        return document({"entries": journal.since(whole("after", 0), limit), "seq": journal.seq})

    @bp.get("/log.jsonl")
    def download() -> Response:
        answer = Response(journal.lines(), mimetype="application/x-ndjson")
        answer.headers["Content-Disposition"] = "attachment; filename=sandbox-log.jsonl"
        return answer

    @bp.errorhandler(BadRuleError)
    def bad_rule(error: BadRuleError) -> Response:
        return document(BadInputError("rules", str(error)).body(), 400)

    return bp


def _clock(exchange: Exchange) -> dict[str, Any]:
    clock = exchange.clock
    offset = clock.offset.total_seconds()
    return {"now": iso(clock.now()), "real": iso(clock.real()), "offset_seconds": offset}


def _move_clock(exchange: Exchange, body: dict[str, Any]) -> None:
    if set(body) == {"offset_seconds"}:
        seconds = number_of(body, "offset_seconds", 0, -CENTURY_S, CENTURY_S)
        exchange.clock.set_offset(timedelta(seconds=seconds))
        return
    if set(body) != {"now"}:
        raise BadInputError(
            "now", 'send {"offset_seconds": 86400} or {"now": "2026-03-05T02:30:00Z"}'
        )
    try:
        exchange.clock.set_now(parse_iso(str(body["now"])))
    except (ValueError, OverflowError):
        raise BadInputError(
            "now", "now is an ISO 8601 instant, e.g. 2026-03-05T02:30:00Z"
        ) from None


def _delays(body: dict[str, Any], old: Delays) -> Delays:
    unknown = set(body) - {"sent_ms", "delivered_ms", "virtual"}
    if unknown:
        raise BadInputError(min(unknown), "known are sent_ms, delivered_ms, virtual")
    day_ms = 86_400_000
    return replace(
        old,
        sent_s=number_of(body, "sent_ms", old.sent_s * 1000, 0, day_ms) / 1000,
        delivered_s=number_of(body, "delivered_ms", old.delivered_s * 1000, 0, day_ms) / 1000,
        virtual=flag_of(body, "virtual", old.virtual),
    )


def _set_inbound_url(exchange: Exchange, body: dict[str, Any]) -> None:
    url, number = body.get("url"), body.get("number", "")
    if not isinstance(url, str) or not exchange.carrier.poster.may_post_to(url):
        raise BadInputError("url", "url is a web address the sandbox may post to")
    if number and not (isinstance(number, str) and E164.fullmatch(number)):
        raise BadInputError("number", "number is E.164, or absent for all numbers")
    if number:
        exchange.inbound.urls[number] = url
    else:
        exchange.inbound.url = url
