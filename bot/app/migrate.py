"""Bringing the database's schema to the newest revision, and asking where it is."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, text

import migrations
from bot.app.errors import Refusal

# Any number that no other advisory lock of ours uses: "yuehuan migrations".
LOCK = 7_301_001


def upgrade(engine: Engine) -> tuple[str | None, str]:
    """Apply what is missing; two at once wait for each other. Returns revision before and after."""
    with engine.connect() as guard:
        guard.execute(text("SELECT pg_advisory_lock(:key)"), {"key": LOCK})
        try:
            with engine.connect() as connection:
                before = current_revision(connection)
                config = _config()
                config.attributes["connection"] = connection
                command.upgrade(config, "head")
                connection.commit()
        finally:
            guard.execute(text("SELECT pg_advisory_unlock(:key)"), {"key": LOCK})
    return before, newest_revision()


def current_revision(connection: Connection) -> str | None:
    """The revision the database is at; None when it was never migrated."""
    return MigrationContext.configure(connection).get_current_revision()


def newest_revision() -> str:
    """The revision this release of the product needs."""
    head = ScriptDirectory.from_config(_config()).get_current_head()
    if head is None:
        raise Refusal("no migrations are installed", "install the project anew")
    return head


def require_newest(connection: Connection) -> None:
    """Raises:
    Refusal: the schema is not the one this release needs.
    """
    here, needed = current_revision(connection), newest_revision()
    if here != needed:
        raise Refusal(
            f"the database is at migration {here or 'none'}, this release needs {needed}",
            "run `yuehuan db upgrade`",
        )


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(Path(migrations.__file__).parent))
    return config
