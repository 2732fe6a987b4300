"""A morning at the desk: cases with a history, hand-offs of several kinds, one log-in."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import date

import requests
from desk_kit import DeskInHand, shanghai

PASSWORD = "correct horse battery"


@dataclass
class Scene:
    """Cases by what happened in them."""

    desk: DeskInHand
    cases: dict[str, int] = field(default_factory=dict)


def add_person(desk: DeskInHand, login: str = "chen", name: str = "陈静", **more: str) -> int:
    """Somebody who may log in with `PASSWORD`."""
    return desk.product.collectors.add(login, name, more.get("role", "collector"), PASSWORD)


def handed_off(desk: DeskInHand, text: str = "我要找人工客服", **case: object) -> int:
    """A case that a reply has just handed to a human."""
    book = desk.one("SELECT id FROM portfolio WHERE code = 'loans'") or desk.portfolio()
    case_id = desk.case(int(book), due_on=date(2026, 3, 8), **case)  # type: ignore[arg-type]
    desk.step(shanghai("2026-03-10 13:40"))
    desk.reply(case_id, text)
    return case_id


class Browser:
    """A person's browser without the browser: cookies, forms, hidden fields."""

    def __init__(self, desk: DeskInHand, login: str = "chen") -> None:
        self.root = f"{desk.url}/console"
        self.login = login
        self._session = requests.Session()
        self.headers: dict[str, str] = {}
        self.page = ""

    def get(self, path: str = "/") -> requests.Response:
        """Follow a link."""
        return self._seen(self._session.get(self.root + path, timeout=30))

    def post(self, path: str, token: str | None = None, **fields: object) -> requests.Response:
        """Send a form with the CSRF token of the last page."""
        form = {"csrf_token": self.token if token is None else token, **fields}
        answer = self._session.post(self.root + path, form, headers=self.headers, timeout=30)
        return self._seen(answer)

    def log_in(self, password: str = PASSWORD, **fields: str) -> requests.Response:
        """From the log-in page."""
        self.get("/login")
        return self.post("/login", login=self.login, password=password, **fields)

    @property
    def token(self) -> str:
        """The form's CSRF token."""
        found = re.search(r'name="csrf_token" value="([^"]+)"', self.page)
        return found.group(1) if found else ""

    def hidden(self, name: str) -> str:
        """What the page holds in a hidden field."""
        found = re.search(rf'type="hidden" name="{name}" value="([^"]*)"', self.page)
        assert found, f"the page has no hidden {name}"
        return found.group(1)

    @property
    def handoff(self) -> str:
        """The hand-off the page is about."""
        found = re.search(r'name="handoff" value="(\d+)"', self.page)
        assert found, "the page shows no hand-off"
        return found.group(1)

    def act(self, case_id: int, do: str, **fields: object) -> requests.Response:
        """A button of the case page that is open."""
        return self.post(f"/cases/{case_id}", do=do, handoff=self.handoff, **fields)

    def _seen(self, answer: requests.Response) -> requests.Response:
        self.page = answer.text
        return answer


def busy_desk(desk: DeskInHand) -> Scene:
    """Several days of traffic over two portfolios."""
    scene = Scene(desk)
    loans = desk.portfolio()
    trade = desk.portfolio(
        "trade",
        name="供应链应收",
        creditor="远山供应链",
        creditor_key="yuanshan",
        signature="远山供应链",
        cadence="trade_receivable",
    )
    told = {
        "promise": ("马敏", loans, 325_000, date(2026, 3, 8)),
        "dispute": ("欧阳倩", loans, 204_750, date(2026, 3, 7)),
        "complaint": ("李建国", loans, 1_280_000, date(2026, 2, 28)),
        "human": ("周文博", loans, 88_800, date(2026, 3, 9)),
        "hardship": ("王秀兰", loans, 560_000, date(2026, 3, 5)),
        "company": ("宏远五金制品（深圳）有限公司", trade, 34_567_890, date(2026, 2, 20)),
        "paid": ("赵磊", loans, 60_000, date(2026, 3, 8)),
    }
    for key, (name, book, amount, due) in told.items():
        scene.cases[key] = desk.case(book, due_on=due, amount=amount, name=name)
    desk.debt(scene.cases["promise"], loans, date(2026, 4, 8), 162_500)
    for moment in ("2026-03-10 13:40", "2026-03-11 10:20", "2026-03-12 14:10"):
        desk.step(shanghai(moment))
    talk = {
        "promise": ["明天下午先还500，剩下的月底", "我还不起这么多，能不能分期"],
        "dispute": ["这笔金额不对，我只借了一千五"],
        "complaint": ["你们天天发短信，我要投诉到银保监会"],
        "human": ["请让你们客服给我打电话"],
        "hardship": ["上个月失业了，住院花光了，实在没钱"],
        "company": ["对账单和发票不符，货也少了两箱"],
        "paid": ["我昨天已经还了600"],
    }
    for key, replies in talk.items():
        for text in replies:
            desk.reply(scene.cases[key], text)
    return scene
