"""Payment links: short, unguessable, refused when forged without asking the database."""

from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from bot.payments.links import LIFETIME, TOKEN_LENGTH, PaymentLinks

SECRET = b"a secret of the product's own"
NOW = datetime(2026, 3, 12, tzinfo=UTC)


class Kept:
    """Remembers what a store would."""

    def __init__(self) -> None:
        self.rows: list[tuple[int, bytes, datetime, datetime]] = []

    def add_link(self, case_id: int, token_hash: bytes, at: datetime, expires: datetime) -> None:
        self.rows.append((case_id, token_hash, at, expires))


def links(random: bytes = b"12345678", secret: bytes = SECRET) -> PaymentLinks:
    return PaymentLinks("https://pay.example.com", secret, lambda _: random)


def test_a_link_is_found_again_by_its_hash_and_expires():
    store, made = Kept(), links()
    url = made.make(store, 7, NOW)
    token = url.rsplit("/", 1)[1]
    [(case, token_hash, at, expires)] = store.rows
    assert (case, at, expires) == (7, NOW, NOW + LIFETIME)
    assert made.hash_of(token) == token_hash


def test_every_link_has_the_length_the_planner_counts_with():
    made = links()
    url = made.make(Kept(), 1, NOW)
    assert len(url) == made.length == len("https://pay.example.com/p/") + TOKEN_LENGTH


def test_the_database_never_holds_the_token():
    store = Kept()
    token = links().make(store, 1, NOW).rsplit("/", 1)[1]
    assert token.encode() not in store.rows[0][1]


def test_a_token_of_another_secret_is_refused():
    token = links(secret=b"another").make(Kept(), 1, NOW).rsplit("/", 1)[1]
    assert links().hash_of(token) is None


@given(st.text(max_size=40))
def test_nothing_made_up_is_taken_for_a_token(text):
    assert links().hash_of(text) is None


@given(st.binary(min_size=8, max_size=8), st.integers(0, TOKEN_LENGTH - 1))
def test_a_changed_letter_makes_a_token_worthless(random, place):
    made = links(random)
    token = made.make(Kept(), 1, NOW).rsplit("/", 1)[1]
    other = "B" if token[place] == "A" else "A"
    changed = token[:place] + other + token[place + 1 :]
    assert made.hash_of(changed) != made.hash_of(token)
