"""The words by which personal data is told in a reply, read from `stand_ins.yaml`."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from importlib.resources import files

import yaml

from bot.domain.stand_ins import StandIns
from bot.policy.lexicon import FOLDER


@cache
def load_stand_ins() -> StandIns:
    """The tables. Raises KeyError naming one that is missing."""
    tables = yaml.safe_load(files("bot.policy").joinpath("stand_ins.yaml").read_text("utf-8"))
    words = {name: tuple(listed) for name, listed in tables.items() if isinstance(listed, list)}
    return StandIns(
        surnames=frozenset("".join(tables["surnames"].split())),
        names=words["names"],
        compound_surnames=words["compound_surnames"],
        titles=words["titles"],
        nicknames=words["nicknames"],
        after_nickname=tables["after_nickname"],
        after_name=tables["after_name"],
        announcers=words["announcers"],
        not_names=words["not_names"],
        company_words=words["company_words"],
        place_large=words["place_large"],
        place_small=words["place_small"],
        place_numbered=words["place_numbered"],
        place_instead=tables["place_instead"],
        number_words=words["number_words"],
        tells=re.compile(tables["tells"]),
        latin=frozenset(words["latin"]),
        fold=fold_table(),
    )


def fold_table() -> Mapping[int, str]:
    """Traditional to simplified as the reader does it, full width to half, capitals to small."""
    script = yaml.safe_load((FOLDER / "script.yaml").read_text("utf-8"))
    source, target = ("".join(script[side].split()) for side in ("from", "to"))
    half = {0xFF01 + place: chr(0x21 + place).lower() for place in range(94)}
    small = {ord(letter): letter.lower() for letter in map(chr, range(65, 91))}
    simple = {ord(letter): plain for letter, plain in zip(source, target, strict=True)}
    return {**half, **small, **simple, 0x3000: " "}
