"""What the grammar alone makes of a day or a sum: whatever the classifier learns, these stand."""

from __future__ import annotations

from datetime import date, datetime

import pytest

from bot.domain.understanding.pieces import Facts
from bot.domain.understanding.promises import Promise, read_promise
from bot.domain.understanding.reading import Reading, read
from bot.policy.lexicon import bare_lexicon

NOW = datetime.fromisoformat("2026-11-25T10:30")
WORDS = bare_lexicon()


def found(text: str) -> Reading:
    return read(WORDS.normalise(text), Facts(NOW, None), WORDS)


def promised(text: str) -> Promise:
    return read_promise(found(text), NOW, WORDS.verbs)


def labels(text: str) -> set[str]:
    return {hit.rule.label for hit in found(text).hits}


@pytest.mark.parametrize(
    "text",
    [
        "周五给你们个交代",  # a word is given, no money
        "我现在支付宝里一分钱都没了",
        "我马上给你打",  # a call
        "师傅 礼拜天的时候我在柜员机上弄过了",
        "我老板二十八号给不给我钱还两说",  # whether or not
        "可能30号，看老板什么时候给",
        "但愿15号前厂里能开工",
        "考试是12月5号，考上就好了",
        "周一有人让我转3000到别的卡",  # another's demand
        "账单日能从6号改到16号么",
        "把20号还款改成按月还",
        "我老公話月尾還",
        "把门锁修好我立刻交物业费",  # first that, then haste
        "价钱便宜了立马付",
        "甲方7月8号付我进度款",
        "我一个月低保才六百二",  # 月低 is a slip for 月底, 低保 is not
        "当初二八分账的",
        "我问过会计就还",  # 会计, no 过会
        "下周二交房，卡里钱都付首付了",
        "月底前我把材料交上来",
        "我哪天借的，5号还是6号",
        "还30号呢，饭都没得吃",
        "有人提示我9月20日自动扣款，这个是你们的吗",
        "12号车贷三千，16号学费，我拿什么给你",  # bills of others
        "我先把明天的电费交了，再给你凑",
        "您真以为我15号会还？",
        "谁跟你说我月底会还，做梦",
        "如果明天还，利息能少收点吗",
        "10号货能到的话我们再安排付款",
        "给你们到28号的期限解决，不然曝光",
        "周六？周六不行，周日也悬",
        "7号交过一回，9号又交一回",
        "朋友欠我三千，说28号给",
        "客户讲好28号给我的，现在人家反悔",
    ],
)
def test_a_day_of_something_else_is_none_to_pay_on(text: str) -> None:
    kept = [d for d in found(text).dates if d.role == "pay"]
    day = promised(text).day
    assert day is None or (not kept and found(text).dates[0].role == "income")


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("十一前还", date(2027, 10, 1)),
        ("618那天还", date(2027, 6, 18)),
        ("十一当天还", date(2027, 10, 1)),
        ("这不还没到30号吗，30号我自然会还", date(2026, 11, 30)),
        ("30号给你，30号还不上你骂我", None),
        ("27号一半，另外的再说", date(2026, 11, 27)),
        ("后天去邮局划拨", date(2026, 11, 27)),
        ("甲方7号付我进度款，9号给你们", date(2026, 12, 9)),
        ("12月底还一次，1月底还一次，行不", date(2026, 12, 31)),
        ("30号还不迟吧，还钱", date(2026, 11, 30)),
        ("先把最低的那笔还了，明天", date(2026, 11, 26)),
        ("付过了，2月18", None),
        ("9号交完水电费，12号转你", date(2026, 12, 12)),
        ("如果后天还可以吗", date(2026, 11, 27)),
        ("12月9号！不是8号", date(2026, 12, 9)),
        ("拜五俾你", date(2026, 11, 27)),
        ("上回答应你28号还，没成，这次30号还", date(2026, 11, 30)),
        ("过两天还你，过两天是28号", date(2026, 11, 28)),
        ("弟弟替我出了一半，另一半30号还", date(2026, 11, 30)),
        ("你的账号没变吧，30号打", date(2026, 11, 30)),
        ("这两期都还过了第三期30号", date(2026, 11, 30)),
        ("给你一千六月底", date(2026, 11, 30)),
        ("財務每月30號放款，這期有排到", date(2026, 11, 30)),
        ("27號俾住一千，30號俾埋尾數", date(2026, 11, 27)),
        ("想是想30号还清，就看运气了", None),
        ("就算我30号还，是不是又要加罚息", None),
        ("月底了各家都催，你们等到3号行不", date(2026, 12, 3)),
    ],
)
def test_a_day_that_is_promised_is_found(text: str, day: date | None) -> None:
    assert promised(text).day == day


@pytest.mark.parametrize(
    ("text", "yuan"),
    [
        ("卡里就217块8，都给你", 217.8),
        ("账单写的2318.56，我周一按这个数付", 2318.56),
        ("月底之前把八千七都还了", 8700),
        ("先给个零头230", 230),
        ("能给的就1000，初十", 1000),
        ("先把最低还款额456还了，明天", 456),
        ("之前说还2000，现在只能还1000了", 1000),
        ("我妈给了我一千，转给你吧", 1000),
        ("领班预支我两千，我转你一千五", 1500),
        ("星期六领三千二，给你两千二", 2200),
        ("月底找返三千銀俾你", 3000),
        ("2w5，30号对公付清", 25000),
        ("上周把八千七都还了", None),
        ("账单写的2318.56，我没用过这么多", None),
        ("三万八我哪赔得起", None),
        ("少了人家一个零头230", None),
    ],
)
def test_sums_have_the_role_that_their_words_give_them(text: str, yuan: float | None) -> None:
    minor = promised(text).minor
    assert minor == (None if yuan is None else round(yuan * 100))


@pytest.mark.parametrize(
    ("text", "label"),
    [
        ("利息那项错了，周六我先还本", "dispute"),
        ("那300块运费我不出，货款后天付", "dispute"),
        ("手续费我不能认", "dispute"),
        ("数量少了二十盒，要按实收算", "dispute"),
        ("中500万就还", "refuse"),
        ("一上午九个未接，全是你们", "complaint"),
        ("下午去你们公司拉横幅", "complaint"),
        ("钱不是我花的，让他月底自己来还", "wrong_person"),
        ("五百块行不行，多了真没有", "promise_to_pay"),
        ("最多六百，多一分拿不出", "promise_to_pay"),
        ("我出一千五，剩下的你们看着办", "promise_to_pay"),
        ("明早去一趟网点", "promise_to_pay"),
        ("支票周五开出来", "promise_to_pay"),
        ("没到账你来我家搬电器", "promise_to_pay"),
        ("月底你们接着失望吧", "refuse"),
        ("我知道了我不还的谢谢再见", "refuse"),
        ("okie dokie~", "greeting_ack"),
        ("嗯呐嗯呐", "greeting_ack"),
        ("早上好，愿您天天都顺心", "greeting_ack"),
    ],
)
def test_words_of_dispute_complaint_mockery_and_errands_are_known(text: str, label: str) -> None:
    assert label in labels(text)


@pytest.mark.parametrize(
    "text",
    [
        "肯定不欠你们过年",
        "去银行查一下流水",
        "没空去网点",
        "利息怎么算",
        "集中500万资金",
        "违约金扣500行吗",
        "祝你们早日倒闭关门还我钱",
    ],
)
def test_what_only_resembles_them_is_not(text: str) -> None:
    assert not labels(text) & {"dispute", "refuse", "complaint"}
    assert "promise_to_pay" not in labels(text)


@pytest.mark.parametrize("text", ["哪怕我30号还了，你们还会打吗", "付清了会给我开证明吗"])
def test_a_payment_that_is_supposed_is_none_made(text: str) -> None:
    assert "already_paid" not in labels(text)
