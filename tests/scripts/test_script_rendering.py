"""From script and values to the words that are sent."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.vocabulary import Purpose
from bot.scripts import Rendered, Script, ScriptValueError, render
from bot.scripts.template import Template
from bot.scripts.values import AGENCY, OPT_OUT_NOTICE

VALUES = {"signature": "东升", "creditor": "东升金融", "phone": "400-000-1234", "link": ""}


def script(text: str, purpose: Purpose = Purpose.ANSWER, *, finance: bool = True) -> Script:
    return Script("t", 1, "zh-CN", purpose, Template(text), ("拒收请回复R",), finance)


def sent(text: str, purpose: Purpose = Purpose.ANSWER, **values: str) -> Rendered:
    return render(script(text, purpose), {**VALUES, **values})


def test_values_are_filled_in() -> None:
    assert sent("【{{signature}}】电话{{ phone }}。").text == "【东升】电话400-000-1234。"


def test_a_percent_sign_stays_as_it_is() -> None:
    assert sent("【{{signature}}】100%，%s，%%").text == "【东升】100%，%s，%%"


def test_a_value_is_never_read_as_a_template() -> None:
    assert sent("【{{signature}}】{{phone}}", phone="{{link}}%s").text == "【东升】{{link}}%s"


@pytest.mark.parametrize("values", [{}, {"amount_due": ""}])
def test_a_missing_or_empty_value_is_an_error_that_names_it(values: dict[str, str]) -> None:
    with pytest.raises(ScriptValueError, match=r"t \(zh-CN\): no value for amount_due"):
        sent("【{{signature}}】{{amount_due}}", **values)


def test_a_missing_value_is_an_error_on_the_jinja_path_too() -> None:
    with pytest.raises(ScriptValueError, match="amount_due"):
        sent("【{{signature}}】{{amount_due | upper}}")


def test_a_template_cannot_leave_the_sandbox() -> None:
    with pytest.raises(ScriptValueError, match="unsafe"):
        sent("【{{signature}}】{{phone.__class__.__mro__}}")


def test_content_tells_a_link_only_when_the_text_carries_one() -> None:
    text = "【{{signature}}】{% if link %}{{link}} 拒收请回复R{% else %}来电{{phone}}{% endif %}"
    with_link, without = sent(text, link="https://a.example/p/1"), sent(text)
    assert (with_link.content.has_link, with_link.content.opt_out_text) == (True, True)
    assert (without.content.has_link, without.content.opt_out_text) == (False, False)
    assert not sent("【{{signature}}】好", link="https://a.example/p/1").content.has_link


@pytest.mark.parametrize(
    ("signature", "ok"),
    [("东升", True), ("东", False), ("东" * 16, True), ("东" * 17, False), ("东【升", False)],
)
def test_content_tells_whether_the_signature_is_right(signature: str, ok: bool) -> None:
    content = sent("【{{signature}}】好", signature=signature).content
    assert content.signature_ok is ok
    assert content.names_creditor is ok


def test_a_bracket_in_a_value_spoils_the_signature() -> None:
    assert not sent("【{{signature}}】{{phone}}", phone="【4】").content.signature_ok


def test_an_agency_must_name_the_creditor_in_the_text() -> None:
    agency = {AGENCY: "1", "signature": "某某代理"}
    assert not sent("【{{signature}}】好", **agency).content.names_creditor
    assert sent("【{{signature}}】{{creditor}}", **agency).content.names_creditor


def test_a_portfolio_that_must_always_tell_how_to_stop_adds_it_once() -> None:
    notice = {OPT_OUT_NOTICE: "退订请回复STOP"}
    assert sent("【{{signature}}】好。", **notice).text == "【东升】好。退订请回复STOP"
    assert sent("【{{signature}}】好", **notice).text == "【东升】好。退订请回复STOP"
    assert sent("【{{signature}}】好。", **notice).content.opt_out_text
    told = "【{{signature}}】好。拒收请回复R"
    assert sent(told, **notice).text == "【东升】好。拒收请回复R"
    confirmed = sent("【{{signature}}】已停止。", Purpose.OPT_OUT_CONFIRMATION, **notice)
    assert (confirmed.text, confirmed.content.opt_out_text) == ("【东升】已停止。", True)


def test_content_carries_finance_and_segments() -> None:
    rendered = render(script("【{{signature}}】" + "好" * 70, finance=False), VALUES)
    assert (rendered.content.finance, rendered.content.segments, rendered.segments) == (False, 2, 2)


NAMES = ("a", "b", "c")
leaf = st.one_of(
    st.text("好%s{}% ，\n\"'", max_size=6).filter(lambda t: "{" not in t),
    st.sampled_from([f"{{{{ {name} }}}}" for name in NAMES]),
)
branch = st.builds(
    lambda name, yes, no: f"{{% if {name} %}}{yes}{{% else %}}{no}{{% endif %}}",
    st.sampled_from(NAMES),
    leaf,
    leaf,
)
nested = st.builds(
    lambda name, inner: f"{{% if {name} %}}{inner}{{% endif %}}", st.sampled_from(NAMES), branch
)
templates = st.lists(st.one_of(leaf, branch, nested), min_size=1, max_size=6).map("".join)
values = st.dictionaries(st.sampled_from(NAMES), st.text("x好%{", max_size=3))


@given(templates, values)
def test_the_fast_form_says_what_jinja_says(source: str, given_values: dict[str, str]) -> None:
    template = Template(source)
    assert template.simple
    try:
        expected = template.fill_by_jinja(given_values)
    except ScriptValueError:
        with pytest.raises(ScriptValueError):
            template.fill(given_values)
        return
    assert template.fill(given_values) == expected
