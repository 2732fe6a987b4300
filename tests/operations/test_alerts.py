"""The desk's messengers: told once, nothing personal, quiet hours, tries, the wire of each service."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import date
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from desk_kit import DeskInHand, shanghai

from bot.app.operating import alerts
from bot.carriers.desk_messengers import DeskMessengers
from bot.flows.alerts import AlertError, Alerts, Wanted, due
from bot.flows.ports.alerting import Address, AddressError, Channel
from bot.policy.alerts import KINDS, alert_words

TOKEN = "abcdef12-3456-7890-abcd-ef1234567890"
WECOM = f"https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key={TOKEN}"
DINGTALK = f"https://oapi.dingtalk.com/robot/send?access_token={'a' * 64}&secret=SECabc"
FEISHU = f"https://open.feishu.cn/open-apis/bot/v2/hook/{TOKEN}"
LARK = f"https://open.larksuite.com/open-apis/bot/v2/hook/{TOKEN}"
SLACK = "https://hooks.slack.com/services/T1JJ3T3L2/A1BRTD4JD/TIiajkdnlazkcOXrIdevi7FQ"
MAIL = "mailtos://desk:secret@smtp.example.com?from=desk@example.com&to=lead@example.com"


@dataclass
class Messengers:
    """Takes messages, or not."""

    takes: bool = True
    told: list[tuple[str, str]] = field(default_factory=list)

    def address(self, text: str) -> Address:
        return Address(text, text[:6])

    def send(self, url: str, title: str, body: str) -> bool:
        self.told.append((url, body))
        return self.takes


def with_channel(desk: DeskInHand, **changed: Any) -> tuple[Alerts, Messengers]:
    messengers = Messengers()
    flow = replace(alerts(desk.product), messengers=messengers)
    flow.save(
        0,
        Wanted(**{"name": "群", "address": "wecom", "kinds": KINDS, "test_too": True, **changed}),
        None,
    )
    return flow, messengers


def urgent(desk: DeskInHand) -> int:
    case = desk.case(desk.portfolio(), due_on=date(2026, 3, 8))
    desk.step(shanghai("2026-03-10 13:40"))
    desk.reply(case, "你们天天发短信，我要投诉到银保监会")
    return case


def test_a_thing_is_told_once_without_personal_data(desk: DeskInHand) -> None:
    flow, messengers = with_channel(desk)
    case = urgent(desk)
    assert flow.gather(livemode=False) == 1
    assert flow.gather(livemode=False) == 0
    assert flow.run() == 1
    assert flow.run() == 0
    ((_, body),) = messengers.told
    assert "投诉" in body
    assert f"/console/cases/{case}" in body
    assert "马" not in body
    assert "1380013" not in body


def test_only_what_was_chosen_is_told_and_test_mode_only_where_wanted(desk: DeskInHand) -> None:
    flow, messengers = with_channel(desk, kinds=["sender"])
    flow.save(0, Wanted("live only", "wecom2", KINDS), None)
    urgent(desk)
    flow.gather(livemode=False)
    assert flow.run() == 0
    assert messengers.told == []


def test_a_stopped_sender_a_pause_and_late_work_are_told(desk: DeskInHand) -> None:
    flow, messengers = with_channel(desk)
    sender = desk.sender()
    with desk.product.transactions() as store:
        store.stop_sender(sender, reason="carrier refused: 20003", at=desk.product.clock.real())
        store.raise_alarm("work_not_done", "live", "7 waiting", at=desk.product.clock.real())
    desk.product.halts.stop(None, None, "演练")
    flow.gather(livemode=True)
    desk.set_now(desk.product.clock.real())
    flow.gather(livemode=False)
    assert flow.run() == 1
    body = messengers.told[0][1]
    assert "发送号码已停用：sandbox（20003）" in body
    assert "7 件" in body
    assert "演练" in body


def test_what_falls_into_quiet_hours_is_told_at_their_end() -> None:
    channel = Channel(1, "n", "u", "s", [], False, 22 * 60, 8 * 60, "Asia/Shanghai", "zh-CN", False)
    noon, night = shanghai("2026-03-10 12:00"), shanghai("2026-03-10 23:30")
    early = shanghai("2026-03-11 07:59")
    assert due(channel, noon) == noon
    assert due(channel, night) == due(channel, early) == shanghai("2026-03-11 08:00")
    assert due(channel, shanghai("2026-03-11 08:00")) == shanghai("2026-03-11 08:00")
    lunch = replace(channel, quiet_from=12 * 60, quiet_to=13 * 60)
    assert due(lunch, shanghai("2026-03-10 12:30")) == shanghai("2026-03-10 13:00")
    assert due(lunch, night) == night


def test_a_messenger_that_refuses_is_tried_again_and_then_given_up(desk: DeskInHand) -> None:
    flow, messengers = with_channel(desk)
    messengers.takes = False
    urgent(desk)
    flow.gather(livemode=False)
    for _ in range(6):
        flow.run()
        desk.sql("UPDATE alert_sending SET due_at = now() - interval '1 minute'")
    assert len(messengers.told) == 4
    assert desk.one("SELECT state FROM alert_sending") == "failed"
    assert desk.one("SELECT trouble FROM alert_channel") == "refused"


def test_many_things_are_one_message_with_a_count(desk: DeskInHand) -> None:
    flow, messengers = with_channel(desk)
    with desk.product.transactions() as store:
        for number in range(11):
            at = desk.product.clock.real()
            store.raise_alarm("content_refused", f"s{number}", "30007", at=at)
    flow.gather(livemode=True)
    assert flow.run() == 1
    assert messengers.told[0][1].splitlines()[-1].startswith("另有 3 条")


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"name": " "}, "name"),
        ({"kinds": ["nothing"]}, "kinds"),
        ({"quiet_from": "22:00"}, "hours"),
        ({"quiet_from": "08:00", "quiet_to": "08:00"}, "hours"),
        ({"zone": "Mars/Base"}, "hours"),
        ({"name": "群"}, "taken"),
    ],
)
def test_a_channel_that_cannot_work_is_refused(
    desk: DeskInHand, changed: dict[str, Any], code: str
) -> None:
    flow, _ = with_channel(desk)
    wanted = Wanted(**{"name": "另一个", "address": "wecom", "kinds": KINDS, **changed})
    with pytest.raises(AlertError, match=code):
        flow.save(0, wanted, None)


def test_the_sentences_are_complete_in_both_languages() -> None:
    assert set(KINDS) < alert_words().keys()


@pytest.mark.parametrize(
    ("pasted", "scheme"),
    [
        (WECOM, "wecombot"),
        (DINGTALK, "dingtalk"),
        (FEISHU, "feishu"),
        (LARK, "lark"),
        (SLACK, "slack"),
        (MAIL, "mailtos"),
    ],
)
def test_an_address_is_taken_as_the_messenger_shows_it_and_its_secret_covered(
    pasted: str, scheme: str
) -> None:
    found = DeskMessengers().address(pasted)
    assert found.url.startswith(f"{scheme}://")
    for secret in (TOKEN, "a" * 64, "SECabc", "TIiajkdnlazkcOXrIdevi7FQ", "secret@"):
        assert secret not in found.shown


@pytest.mark.parametrize(
    ("pasted", "code"),
    [
        ("", "empty"),
        ("http://169.254.169.254/latest", "unknown"),
        ("json://127.0.0.1/x", "unknown"),
        ("wecombot://", "broken"),
        ("nonsense", "unknown"),
    ],
)
def test_other_addresses_are_refused(pasted: str, code: str) -> None:
    with pytest.raises(AddressError) as refused:
        DeskMessengers().address(pasted)
    assert refused.value.code == code


class _Robot(BaseHTTPRequestHandler):
    """A messenger's webhook: keeps what it is posted and answers as that service does."""

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.posted.append((self.path, json.loads(body)))  # type: ignore[attr-defined]
        answer, status = self.server.answer  # type: ignore[attr-defined]
        self.send_response(status)
        self.end_headers()
        self.wfile.write(answer)

    def log_message(self, *_: object) -> None:
        return


@pytest.fixture
def robot() -> Iterator[Any]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Robot)
    server.posted, server.answer = [], (b"ok", 200)  # type: ignore[attr-defined]
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield server
    server.shutdown()
    server.server_close()


WIRES = [
    (WECOM, "apprise.plugins.wecombot.NotifyWeComBot", "notify_url", "msgtype"),
    (DINGTALK, "apprise.plugins.dingtalk.NotifyDingTalk", "notify_url", "msgtype"),
    (FEISHU, "apprise.plugins.feishu.NotifyFeishu", "notify_url", "msg_type"),
    (LARK, "apprise.plugins.lark.NotifyLark", "notify_url", "msg_type"),
    (SLACK, "apprise.plugins.slack.NotifySlack", "webhook_url", "attachments"),
]


@pytest.mark.parametrize(("pasted", "plugin", "attribute", "speaks"), WIRES)
def test_each_messenger_is_spoken_to_in_its_own_protocol(
    robot: Any,
    monkeypatch: pytest.MonkeyPatch,
    pasted: str,
    plugin: str,
    attribute: str,
    speaks: str,
) -> None:
    here = f"http://127.0.0.1:{robot.server_address[1]}/"
    monkeypatch.setattr(f"{plugin}.{attribute}", _at(plugin, attribute, here))
    desk_side = DeskMessengers()
    url = desk_side.address(pasted).url
    assert desk_side.send(url, "约还催收台", "新的特急转人工") is True
    ((_, posted),) = robot.posted
    assert speaks in posted
    assert "新的特急转人工" in json.dumps(posted, ensure_ascii=False)
    robot.answer = (b'{"errcode": 93000, "errmsg": "invalid webhook"}', 404)
    assert desk_side.send(url, "t", "b") is False


def _at(plugin: str, name: str, here: str) -> str:
    """The service's own path at the robot's address."""
    import importlib

    module, _, kind = plugin.rpartition(".")
    real = getattr(getattr(importlib.import_module(module), kind), name)
    return here + str(real).split("://", 1)[1].partition("/")[2]
