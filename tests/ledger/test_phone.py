"""Phone numbers as ledgers hold them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.phone import PhoneError, mask, parse_phone
from bot.domain.vocabulary import PhoneKind

MOBILE = "+8613800138000"


@pytest.mark.parametrize(
    "text",
    [
        "13800138000",
        "138 0013 8000",
        "138-0013-8000",
        "１３８００１３８０００",
        "008613800138000",
        "+86 138 0013 8000",
        "+86-13800138000",
        "（+86）13800138000",
        "\u202a13800138000\u202c",
        "138—0013—8000",
    ],
)
def test_one_mobile_in_every_dress(text: str) -> None:
    phone = parse_phone(text, "CN")
    assert (phone.e164, phone.kind, phone.region) == (MOBILE, PhoneKind.MOBILE, "CN")
    assert phone.zones == ("Asia/Shanghai",)
    assert phone.extension is None


@given(st.sampled_from(["", " ", "-", " - ", "\u3000"]), st.booleans(), st.booleans())
def test_separators_prefix_and_width_never_change_the_number(
    gap: str, prefixed: bool, wide: bool
) -> None:
    text = gap.join(["138", "0013", "8000"])
    if wide:
        text = text.translate({ord(str(d)): chr(0xFF10 + d) for d in range(10)})
    assert parse_phone(("0086" if prefixed else "") + text, "CN").e164 == MOBILE


@pytest.mark.parametrize(
    ("text", "extension"),
    [
        ("010-6552 9988 转 203", "203"),
        ("010-65529988-203", "203"),
        ("(010)65529988分机203", "203"),
        ("010-65529988 ext. 203", "203"),
        ("010-65529988", None),
    ],
)
def test_a_landline_is_known_as_one_and_keeps_its_extension(
    text: str, extension: str | None
) -> None:
    phone = parse_phone(text, "CN")
    assert (phone.e164, phone.kind) == ("+861065529988", PhoneKind.LANDLINE)
    assert phone.extension == extension


@pytest.mark.parametrize(
    ("text", "region", "zone"),
    [
        ("+852 5123 7530", "HK", "Asia/Hong_Kong"),
        ("+886 912 345 468", "TW", "Asia/Taipei"),
        ("+65 8123 5975", "SG", "Asia/Singapore"),
        ("+1 202-555-0123", "US", "America/New_York"),
    ],
)
def test_foreign_numbers_keep_their_region_and_zone(text: str, region: str, zone: str) -> None:
    phone = parse_phone(text, "CN")
    assert (phone.region, phone.zones) == (region, (zone,))


def test_a_number_without_country_code_is_read_in_the_portfolios_region() -> None:
    assert parse_phone("0912 345 468", "TW").e164 == "+886912345468"


def test_an_american_number_may_be_either_kind() -> None:
    assert parse_phone("+1 202 555 0123", "US").kind is PhoneKind.UNKNOWN


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "phone_unreadable"),
        ("待补", "phone_unreadable"),
        ("12345", "phone_invalid"),
        ("1380013800", "phone_invalid"),
        ("138001380000", "phone_invalid"),
        ("400 812 3456", "phone_service"),
    ],
)
def test_what_is_no_persons_number_is_refused_with_a_reason(text: str, code: str) -> None:
    with pytest.raises(PhoneError) as refused:
        parse_phone(text, "CN")
    assert refused.value.code == code


@pytest.mark.parametrize(
    ("number", "shown"),
    [
        (MOBILE, "138****8000"),
        ("+85251237530", "+852 51****30"),
        ("+12025550123", "+1 202****0123"),
        ("nonsense", "no****"),
    ],
)
def test_a_mask_hides_the_middle(number: str, shown: str) -> None:
    assert mask(number) == shown
