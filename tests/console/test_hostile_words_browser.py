"""What debtors and files are called runs nowhere: in a real browser, on every page that shows it."""

from __future__ import annotations

import io
from typing import Any

from browser_fixtures import DESKTOP, chromium, in_a_browser
from desk_kit import DeskInHand
from pay_page.visitor import admitted
from scene import PASSWORD, Browser, add_person

from bot.app.operating import uploads

pytestmark = in_a_browser
__all__ = ["chromium"]

PNG = b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR<script>document.title='ran'</script>IEND"
LEDGER = "合同编号,姓名,手机号,到期日,应还金额\nHT-1,马敏,13800138001,2026-03-08,1200.50\n"

#: Ways out of a text, an attribute, a script and a header.
HOSTILE = "\"'></textarea></script><script>document.title='ran'</script><img src=x onerror=\"document.title='ran'\">"
FILE = "a\";filename=b.html'><img src=x onerror=document.title='ran'>\r\nX-Evil: 1.png"


def test_no_word_and_no_file_name_runs_in_the_console(desk: DeskInHand, chromium: Any) -> None:
    visitor = admitted(desk, name=f"马{HOSTILE}")
    visitor.answer("paid", {"file": (FILE, io.BytesIO(PNG))})
    assert desk.one("SELECT count(*) FROM upload") == 1
    desk.reply(visitor.case, f"我要找人工客服{HOSTILE}")
    add_person(desk, role="lead")
    add_person(desk, "ops", "运营", role="operations")
    browser = Browser(desk)
    browser.log_in()
    browser.get(f"/cases/{visitor.case}")
    browser.act(visitor.case, "claim", note=HOSTILE)
    operator = Browser(desk, "ops")
    operator.log_in()
    operator.get("/ledgers")
    sent = {"file": (f"{HOSTILE}.csv", io.BytesIO(LEDGER.encode()))}
    form = {"csrf_token": operator.token, "code": "loans"}
    operator._session.post(f"{operator.root}/ledgers", form, files=sent, timeout=30)
    ledger = desk.one("SELECT max(id) FROM ledger_upload")
    uploads(desk.product).run(ledger)

    upload = desk.one("SELECT max(id) FROM upload")
    answer = browser.get(f"/cases/{visitor.case}/files/{upload}")
    assert answer.content == PNG
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Content-Type"] == "image/png"
    assert answer.headers["Content-Disposition"] == (
        f'inline; filename="{visitor.case}-{upload}.png"'
    )
    assert "X-Evil" not in answer.headers

    for login, paths in (
        ("chen", ("/", f"/cases/{visitor.case}", "/audit")),
        ("ops", ("/ledgers", f"/ledgers/{ledger}", "/portfolios/loans")),
    ):
        with chromium(DESKTOP) as page:
            page.goto(f"{desk.url}/console/")
            page.get_by_label("账号").fill(login)
            page.get_by_label("密码").fill(PASSWORD)
            page.get_by_role("button", name="登录").click()
            page.wait_for_url(lambda url: "/login" not in url)
            for path in paths:
                assert page.goto(f"{desk.url}/console{path}").status == 200, path
                page.wait_for_load_state("load")
                assert page.title() != "ran", path
                assert page.locator("img[src=x]").count() == 0, path
    with chromium(DESKTOP) as page:
        page.goto(f"{visitor.link}")
        assert page.title() != "ran"
