"""Payment links: short, unguessable, refused when forged without asking the database."""

from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from bot.payments.links import LIFETIME, TOKEN_LENGTH, PaymentLinks

SECRET = b"a secret of the product's own"
NOW = datetime(2026, 3, 12, tzinfo=UTC)


def links(random: bytes = b"12345678", secret: bytes = SECRET) -> PaymentLinks:
    return PaymentLinks("https://pay.example.com", secret, lambda _: random)


def test_a_link_is_found_again_by_its_hash_and_expires():
    link = links().make(7, NOW)
    token = link.url.rsplit("/", 1)[1]
    assert (link.case_id, link.at, link.expires_at) == (7, NOW, NOW + LIFETIME)
    assert links().hash_of(token) == link.token_hash


def test_every_link_has_the_length_the_planner_counts_with():
    made = links()
    url = made.make(1, NOW).url
    assert len(url) == len(made.sample) == len("https://pay.example.com/p/") + TOKEN_LENGTH
    assert made.hash_of(made.sample.rsplit("/", 1)[1]) is None


def test_the_database_never_holds_the_token():
    link = links().make(1, NOW)
    assert link.url.rsplit("/", 1)[1].encode() not in link.token_hash


def test_a_token_of_another_secret_is_refused():
    token = links(secret=b"another").make(1, NOW).url.rsplit("/", 1)[1]
    assert links().hash_of(token) is None


@given(st.text(max_size=40))
def test_nothing_made_up_is_taken_for_a_token(text):
    assert links().hash_of(text) is None


@given(st.binary(min_size=8, max_size=8), st.integers(0, TOKEN_LENGTH - 1))
def test_a_changed_letter_makes_a_token_worthless(random, place):
    made = links(random)
    token = made.make(1, NOW).url.rsplit("/", 1)[1]
    other = "B" if token[place] == "A" else "A"
    changed = token[:place] + other + token[place + 1 :]
    assert made.hash_of(changed) != made.hash_of(token)
