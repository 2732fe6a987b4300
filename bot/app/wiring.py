"""The only place that knows real things: builds flows on top of store, carriers and payments."""

from collections.abc import Iterator
from contextlib import contextmanager

from bot.app.database import make_engine, open_pool
from bot.app.health import database_probes
from bot.app.parts import Parts
from bot.app.settings import Settings
from bot.app.worker import recovery_tick


@contextmanager
def assemble(settings: Settings, database_url: str, *, role: str) -> Iterator[Parts]:
    """Wire one process; what it opens is closed when the context ends.

    Args:
        role: `web`, `worker`, `clock` or the name of a command; shown in the database.
    """
    size = max(settings.worker_concurrency, 8) + 2
    engine = make_engine(database_url, size=size, name=f"yuehuan-{role}")
    with open_pool(database_url, size=size, name=f"yuehuan-{role}") as pool:
        try:
            yield Parts(ticks=[recovery_tick(pool)], probes=database_probes(engine))
        finally:
            engine.dispose()
