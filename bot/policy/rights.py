"""The table of rights, read from `rights.yaml` and refused when it is not complete."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cache
from importlib.resources import files

import yaml

from bot.domain.rights import Right, Rights, Role


class RightsError(ValueError):
    """The table names a right or role that does not exist, or leaves a right out."""


@cache
def load_rights() -> Rights:
    """Role → rights. Raises RightsError."""
    return parse_rights(
        yaml.safe_load(files("bot.policy").joinpath("rights.yaml").read_text("utf-8"))
    )


def parse_rights(table: Mapping[str, Iterable[str]]) -> Rights:
    """Right → roles, turned round. Raises RightsError naming what is wrong."""
    wanted = {right.value for right in Right} - {Right.OWN.value}
    if wrong := wanted ^ table.keys():
        raise RightsError(f"rights.yaml: missing or unknown rights: {', '.join(sorted(wrong))}")
    roles = {role for holders in table.values() for role in holders}
    if unknown := roles - {role.value for role in Role}:
        raise RightsError(f"rights.yaml: unknown roles: {', '.join(sorted(unknown))}")
    return {
        role: frozenset(
            {Right.OWN, *(Right(right) for right, holders in table.items() if role in holders)}
        )
        for role in Role
    }


def holds(role: Role, right: Right) -> bool:
    """Whether `role` may do what `right` names."""
    return right in load_rights()[role]
