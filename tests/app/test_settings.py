"""Settings are wrong loudly, once, and with a remedy."""

import base64
import stat
from pathlib import Path

import pytest

from bot.app.errors import Refusal
from bot.app.settings import Settings, environment, load_settings

KEY = base64.b64encode(b"k" * 32).decode()
OTHER = base64.b64encode(b"o" * 32).decode()
LIVE = {
    "LIVE_CARRIER": "true",
    "DATABASE_URL": "postgresql://desk@db.example.com/yuehuan",
    "PUBLIC_BASE_URL": "https://pay.example.com/",
    "TWILIO_ACCOUNT_SID": "AC" + "0" * 32,
    "TWILIO_AUTH_TOKEN": "hush-hush",
    "SECRET_KEY": "s" * 48,
    "FIELD_KEY": KEY,
    "HASH_KEY": OTHER,
}


def load(tmp_path: Path, **given: str) -> Settings:
    return load_settings({"YUEHUAN_DATA": str(tmp_path), **given})


def refusal(tmp_path: Path, **given: str) -> list[str]:
    with pytest.raises(Refusal) as caught:
        load(tmp_path, **given)
    return str(caught.value).splitlines()


def test_nothing_needs_to_be_set_for_a_first_run(tmp_path: Path) -> None:
    settings = load(tmp_path)
    assert settings.database_url is None
    assert settings.public_url == "http://127.0.0.1:8000"
    assert settings.generated == {"SECRET_KEY", "FIELD_KEY", "HASH_KEY"}
    assert not settings.live_carrier


def test_generated_keys_are_strong_private_and_the_same_next_time(tmp_path: Path) -> None:
    first, second = load(tmp_path / "a"), load(tmp_path / "a")
    other = load(tmp_path / "b")
    assert first.field_keys == second.field_keys
    assert first.secret_key == second.secret_key
    assert first.hash_key not in {other.hash_key, first.field_keys[0]}
    assert stat.S_IMODE((tmp_path / "a" / "keys.json").stat().st_mode) == 0o600


def test_keys_that_are_set_are_used_instead(tmp_path: Path) -> None:
    settings = load(tmp_path, FIELD_KEY=f"{OTHER}, {KEY}")
    assert settings.field_keys == (b"o" * 32, b"k" * 32)
    assert settings.generated == {"SECRET_KEY", "HASH_KEY"}


def test_a_damaged_key_file_is_never_replaced(tmp_path: Path) -> None:
    (tmp_path / "keys.json").write_text("{")
    assert "damaged" in refusal(tmp_path)[0]
    assert (tmp_path / "keys.json").read_text() == "{"


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("DATABASE_URL", "sqlite:///x.db", "is not a PostgreSQL address"),
        ("PUBLIC_BASE_URL", "pay.example.com", "is not an http(s) address"),
        ("PUBLIC_BASE_URL", "https://pay.example.com/?x=1", "must not have ?"),
        ("FIELD_KEY", "c2hvcnQ=", "has 5 bytes instead of 32"),
        ("HASH_KEY", "not base64!", "is not base64"),
        ("PORT", "80000", "less than or equal to 65535"),
        ("PORT", "web", "valid integer"),
        ("LOG_LEVEL", "LOUD", "'DEBUG', 'INFO'"),
        ("SECRET_KEY", "short", "at least 32"),
        ("TWILIO_ACCOUNT_SID", "XX1", "should match pattern"),
    ],
)
def test_a_wrong_value_is_named_with_its_remedy(
    tmp_path: Path, name: str, value: str, said: str
) -> None:
    [line] = refusal(tmp_path, **{name: value})
    assert line.startswith(f"{name}: ")
    assert said in line
    assert " → " in line


def test_every_problem_is_told_at_once(tmp_path: Path) -> None:
    lines = refusal(tmp_path, PORT="0", LOG_FORMAT="xml", SANDBOX_URL="nowhere")
    assert [line.split(":")[0] for line in lines] == ["PORT", "LOG_FORMAT", "SANDBOX_URL"]


def test_a_secret_with_a_wrong_value_is_not_repeated(tmp_path: Path) -> None:
    assert "c2hvcnQ" not in "".join(refusal(tmp_path, FIELD_KEY="c2hvcnQ="))


def test_account_and_token_come_together(tmp_path: Path) -> None:
    [line] = refusal(tmp_path, TWILIO_AUTH_TOKEN="token")
    assert line == "TWILIO_ACCOUNT_SID and TWILIO_AUTH_TOKEN: set all of them or none"


def test_a_live_desk_is_complete_or_does_not_start(tmp_path: Path) -> None:
    settings = load(tmp_path, **LIVE)
    assert settings.live_carrier
    assert settings.public_url == "https://pay.example.com"
    assert not (tmp_path / "keys.json").exists()


@pytest.mark.parametrize("name", sorted(set(LIVE) - {"LIVE_CARRIER"}))
def test_a_live_desk_refuses_to_start_without(tmp_path: Path, name: str) -> None:
    lines = refusal(tmp_path, **{**LIVE, name: ""})
    assert f"{name}: must be set when LIVE_CARRIER=true" in "\n".join(lines)
    assert not (tmp_path / "keys.json").exists()


def test_a_live_desk_is_reached_over_https(tmp_path: Path) -> None:
    [line] = refusal(tmp_path, **{**LIVE, "PUBLIC_BASE_URL": "http://pay.example.com"})
    assert "must be https" in line


def test_printing_settings_shows_no_secret(tmp_path: Path) -> None:
    shown = repr(load(tmp_path, **LIVE))
    for secret in ("kkkk", "oooo", "hush", "ssss", KEY, "desk@"):
        assert secret not in shown


def test_a_heroku_style_address_is_understood(tmp_path: Path) -> None:
    assert load(tmp_path, DATABASE_URL="postgres://a/b").database_url == "postgresql://a/b"


def test_the_environment_wins_over_the_env_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / ".env").write_text("PORT=9001\nLOG_LEVEL=DEBUG\n")
    monkeypatch.setenv("PORT", "9002")
    monkeypatch.delenv("LOG_LEVEL", raising=False)
    both = environment(tmp_path)
    assert (both["PORT"], both["LOG_LEVEL"]) == ("9002", "DEBUG")
