"""A text that leaves the desk tells nobody who wrote it, and still says what it said."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.anonymous import Known, anonymise
from bot.policy.stand_ins import load_stand_ins

WORDS = load_stand_ins()
KNOWN = Known(
    people=("欧阳倩", "陈静"),
    companies=("晨光消费金融", "深圳宏远五金制品有限公司"),
    numbers=("8613800137001", "13800137001", "HT-000123"),
)


def told(text: str, known: Known = KNOWN) -> str:
    found = anonymise(text, known, WORDS)
    assert found.doubts == (), text
    return found.text


@pytest.mark.parametrize(
    ("text", "gone"),
    [
        ("我是欧阳倩，明天还500", "欧阳倩"),
        ("阳倩欠的", "阳倩"),
        ("歐陽倩女士周五還", "歐陽倩"),
        ("陳靜你好，周五还", "陳靜"),
        ("陈女士你好", "陈"),
        ("我姓陈", "陈"),
        ("王经理说周五还", "王"),
        ("老王欠的不关我事", "王"),
        ("我不是李建国，打错了", "李建国"),
        ("我叫李明", "李明"),
        ("李明。", "李明"),
        ("打138 0013 7001", "7001"),
        ("打１３８００１３７００１", "７００１"),
        ("一三八零零一三七零零一", "七零零一"),
        ("幺三八，零零幺三，七零零幺", "七零零幺"),
        ("换了号13912345670", "13912345670"),
        ("座机010-62349870", "62349870"),
        ("身份证110101199003077758", "110101199003077758"),
        ("卡号6222 0212 3456 7890 987", "0212"),
        ("尾号8866已扣", "8866"),
        ("合同ht000123不对", "ht000123"),
        ("订单TB99887766", "99887766"),
        ("先看 https://a.cn/x?y=1", "a.cn"),
        ("看a.com.cn/zhang吧", "zhang"),
        ("发到ouyang@qq.com", "ouyang"),
        ("深圳宏远的账", "宏远"),
        ("晨光的客服", "晨光"),
        ("杭州市西湖区文三路12号3栋502室收不到", "文三"),
        ("3号楼1203室没人", "1203"),
    ],
)
def test_what_tells_a_person_is_replaced(text: str, gone: str) -> None:
    assert gone not in told(text)


@pytest.mark.parametrize(
    "text",
    [
        "公司还没批款，下周五付2000",
        "马上还",
        "周五还三千五",
        "我8号发工资，10号还1500元",
        "不是高利贷吗",
        "谢谢，钱已经还了",
        "我是他哥",
        "还两千三百四十五块六",
        "先还2k，剩下的5月底",
        "2026-03-15还8000",
        "STOP",
        "小钱而已，方便的时候再打",
    ],
)
def test_sums_days_and_plain_words_stay(text: str) -> None:
    assert told(text) == text


def test_a_sum_that_was_read_stays_and_a_phone_that_was_read_as_one_does_not() -> None:
    assert anonymise("先还120000", KNOWN, WORDS, [(2, 8)]).text == "先还120000"
    assert "13912345670" not in anonymise("先还13912345670", KNOWN, WORDS, [(2, 13)]).text


def test_a_stand_in_has_the_shape_of_what_it_replaces() -> None:
    assert re.fullmatch(r"我是\w{3}，打\d{3}-\d{4}-\d{4}", told("我是欧阳倩，打138-0013-7001"))
    assert re.fullmatch("[零幺二三四五六七八九]{11}", told("一三八零零一三七零零一"))


def test_an_invented_name_shares_no_character_with_the_real_one() -> None:
    for name in WORDS.names:
        known = Known(people=(name[:3],))
        assert not set(told(f"我是{name[:3]}", known)[2:]) & set(name)


@pytest.mark.parametrize(
    ("text", "doubt"),
    [
        ("wang xiaoming", "latin"),
        ("家住在河边那家", "address"),
        ("微信号大海", "address"),
        ("我是向日葵家的", "announced"),
    ],
)
def test_what_may_be_personal_is_a_doubt(text: str, doubt: str) -> None:
    assert doubt in anonymise(text, KNOWN, WORDS).doubts


PHONE = st.from_regex(r"1[3-9][0-9]{9}", fullmatch=True)
BREAK = st.sampled_from(["", " ", "-", "."])
SAYING = st.sampled_from(["打{}找我", "{}", "我换成{}了", "号码是{}，周五还500", "还2000，{}"])


@given(PHONE, BREAK, SAYING)
def test_no_phone_survives_however_it_is_broken(phone: str, gap: str, saying: str) -> None:
    written = gap.join([phone[:3], phone[3:7], phone[7:]])
    known = Known(numbers=(phone,))
    left = re.sub(r"\D", "", told(saying.format(written), known))
    assert phone not in left or phone == "13800138000"


@given(st.text(max_size=60))
def test_any_text_whatever_is_taken(text: str) -> None:
    found = anonymise(text, KNOWN, WORDS)
    if not found.doubts:
        plain = WORDS.plain(found.text)
        assert "欧阳" not in plain
        assert "13800137001" not in plain
