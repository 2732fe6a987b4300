"""As whom the server runs: PostgreSQL refuses to run as root, so root lends it an account."""

import os
import pwd
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bot.app.errors import Refusal

# Accounts that exist for this purpose or for no purpose at all; none is created.
BORROWED = ("postgres", "nobody")


@dataclass(frozen=True)
class Account:
    """An unprivileged system account."""

    name: str
    uid: int
    gid: int


def account_for(data: Path) -> Account | None:
    """The account to run the server in `data` as, or None for the current user.

    A data folder keeps the account it was made with, also when a better one appears later.

    Raises:
        Refusal: as root, when the system has no account to borrow.
    """
    if os.geteuid() != 0:
        return None
    if data.exists() and (owner := data.stat().st_uid) != 0:
        return _of(pwd.getpwuid(owner))
    for name in BORROWED:
        try:
            return _of(pwd.getpwnam(name))
        except KeyError:
            continue
    raise Refusal(
        "PostgreSQL does not run as root, and the system has neither a postgres nor a nobody user",
        "run yuehuan as an ordinary user, or set DATABASE_URL",
    )


def run_as(account: Account | None) -> dict[str, Any]:
    """Keyword arguments that make `subprocess` run a program as `account`."""
    if account is None:
        return {}
    return {"user": account.uid, "group": account.gid, "extra_groups": []}


def can_enter(folder: Path, account: Account | None) -> bool:
    """Whether the account can traverse every folder down to `folder`, asked of the kernel."""
    if account is None:
        return True
    try:
        answer = subprocess.run(
            ["/bin/sh", "-c", 'test -x "$0"', str(folder)],
            check=False,
            cwd="/",
            **run_as(account),
        )
    except OSError as problem:
        raise Refusal(
            f"this container does not let root become the user {account.name} ({problem})",
            "run yuehuan as an ordinary user, or set DATABASE_URL",
        ) from problem
    return answer.returncode == 0


def _of(entry: pwd.struct_passwd) -> Account:
    return Account(entry.pw_name, entry.pw_uid, entry.pw_gid)
