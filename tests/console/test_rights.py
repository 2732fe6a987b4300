"""Who may do what: every route names its right, and who lacks it is refused on the trail."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from desk_kit import DeskInHand
from flask import Flask
from scene import PASSWORD, Browser, add_person, handed_off
from werkzeug.routing import Rule
from werkzeug.routing.converters import AnyConverter, BaseConverter, NumberConverter

from bot.app.web import create_app
from bot.app.wiring import pages
from bot.domain.rights import Right, Role
from bot.policy.rights import RightsError, holds, load_rights, parse_rights
from bot.store.oversight import OWNERS
from console.guard import terms_of

#: Ids that belong to no portfolio.
OF_THE_DESK = {"person_id", "collector_id", "notice_id", "channel_id"}


def test_every_role_holds_its_own_account_and_an_admin_everything() -> None:
    rights = load_rights()
    assert all(Right.OWN in rights[role] for role in Role)
    assert rights[Role.ADMIN] == frozenset(Right)
    assert Right.MANAGE not in rights[Role.LEAD]
    assert not holds(Role.COMPLIANCE, Right.ANSWER)


@pytest.mark.parametrize("change", [{"see": ["boss"]}, {"fly": ["admin"]}, {"see": None}], ids=str)
def test_a_table_that_is_not_complete_is_refused(change: dict[str, Any]) -> None:
    table = {right.value: ["admin"] for right in Right if right is not Right.OWN}
    table.update(change)
    with pytest.raises(RightsError):
        parse_rights({right: roles for right, roles in table.items() if roles})


@pytest.fixture
def app(desk: DeskInHand) -> Flask:
    """The pages in this process, so that the map of addresses can be walked."""
    return create_app(desk.product.settings, blueprints=pages(desk.product), probes=[])


def console_rules(app: Flask) -> list[Rule]:
    return [
        rule
        for rule in app.url_map.iter_rules()
        if rule.endpoint.startswith("console.") and rule.endpoint != "console.static"
    ]


def test_every_address_names_its_right_and_whose_its_ids_are(app: Flask) -> None:
    for rule in console_rules(app):
        terms_of(app.view_functions[rule.endpoint])
        for name, converter in rule._converters.items():
            if isinstance(converter, NumberConverter) and name not in OF_THE_DESK:
                assert name.removesuffix("_id") in OWNERS, f"{rule.rule}: whose is {name}?"


def sample(converter: BaseConverter) -> int | str:
    """Something that the converter takes."""
    if isinstance(converter, NumberConverter):
        return 1
    return min(converter.items) if isinstance(converter, AnyConverter) else "x"


def closed_to(app: Flask, role: Role) -> Iterator[tuple[str, str, str]]:
    """Endpoint, method and an address for everything the role may not do."""
    for rule in console_rules(app):
        terms = terms_of(app.view_functions[rule.endpoint])
        if terms is None or holds(role, terms.right):
            continue
        values = {name: sample(converter) for name, converter in rule._converters.items()}
        with app.test_request_context():
            address = app.url_map.bind("localhost").build(rule.endpoint, values)
        for method in (rule.methods or set()) & {"GET", "POST"}:
            yield rule.endpoint, method, address


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.ADMIN])
def test_what_a_role_may_not_do_is_refused_and_on_the_trail(
    desk: DeskInHand, app: Flask, role: Role
) -> None:
    add_person(desk, role=role.value)
    browser = Browser(desk)
    browser.log_in()
    refused = list(closed_to(app, role))
    assert refused
    for endpoint, method, address in refused:
        path = address.removeprefix("/console")
        answer = browser.get(path) if method == "GET" else browser.post(path, token="none")
        assert answer.status_code == 403, (endpoint, method)
    lines = desk.sql("SELECT data->>'page' FROM audit WHERE action = 'refused' ORDER BY id")
    assert [line[0] for line in lines] == [f"{m} {e}" for e, m, _ in refused]


def test_buttons_that_are_refused_are_not_shown_in_the_navigation(desk: DeskInHand) -> None:
    add_person(desk)
    browser = Browser(desk)
    browser.log_in()
    browser.get("/account")
    assert "/console/people" not in browser.page
    assert "/console/audit" not in browser.page


def test_a_portfolio_that_is_not_ones_own_does_not_exist_for_one(desk: DeskInHand) -> None:
    me = add_person(desk)
    case = handed_off(desk)
    other = desk.portfolio("trade", name="供应链应收")
    handoff = desk.one("SELECT id FROM handoff")
    desk.sql("UPDATE collector SET all_portfolios = false WHERE id = %s", me)
    desk.sql("INSERT INTO collector_portfolio VALUES (%s, %s)", me, other)
    foreign = desk.case(other, due_on=desk.now.date())
    browser = Browser(desk)
    browser.log_in()
    assert browser.get(f"/cases/{foreign}").status_code == 200
    assert browser.get(f"/cases/{case}").status_code == 403
    assert browser.post(f"/cases/{case}", do="claim", handoff=handoff).status_code == 403
    browser.get(f"/cases/{foreign}")
    answer = browser.post(f"/cases/{foreign}", do="claim", handoff=handoff)
    assert answer.status_code == 403, "another case's hand-off, named in the form"
    assert desk.sql("SELECT state FROM handoff") == [("open",)]
    assert desk.one("SELECT count(*) FROM audit WHERE action = 'refused'") == 3
    browser.get("/account")
    browser.post("/search", q=desk.phones[case])
    assert "没有找到" in browser.page
    assert browser.post("/bank", portfolio="loans").status_code == 403
    assert "消费贷" not in browser.get("/bank").text


def test_opening_a_case_is_on_the_trail_once_until_another_is_opened(desk: DeskInHand) -> None:
    add_person(desk)
    one = handed_off(desk)
    other = desk.case(int(desk.one("SELECT id FROM portfolio")), due_on=desk.now.date())
    browser = Browser(desk)
    browser.log_in()
    for case in (one, one, other, one):
        browser.get(f"/cases/{case}")
    assert browser.get("/cases/999").status_code == 404
    looks = desk.sql("SELECT case_id FROM audit WHERE action = 'look' ORDER BY id")
    assert looks == [(one,), (other,), (one,)]


def test_a_password_that_was_given_opens_nothing_but_its_own_change(desk: DeskInHand) -> None:
    me = add_person(desk)
    desk.sql("UPDATE collector SET must_change = true WHERE id = %s", me)
    browser = Browser(desk)
    assert browser.log_in().url.endswith("/console/account")
    assert browser.get("/").url.endswith("/console/account")
    browser.post(
        "/account/password",
        old_password=PASSWORD,
        new_password="my own password",
        again_password="my own password",
    )
    assert browser.get("/").url.endswith("/console/")


def test_a_chosen_portfolio_narrows_lists_and_hides_no_case(desk: DeskInHand) -> None:
    add_person(desk, role="lead")
    case = handed_off(desk)
    trade = desk.portfolio("trade", name="供应链应收")
    browser = Browser(desk)
    browser.log_in()
    assert f"/cases/{case}" in browser.page
    browser.post("/book", book=trade)
    assert f"/cases/{case}" not in browser.page
    assert browser.get(f"/cases/{case}").status_code == 200
    browser.post("/search", q=desk.phones[case])
    assert browser.get("/account").status_code == 200
    browser.post("/book", book=0)
    assert f"/cases/{case}" in browser.get("/").text
    assert browser.post("/book", book=999).status_code == 400
