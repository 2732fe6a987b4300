"""`db`: the database's schema."""
# ruff: noqa: PLC0415

import typer

from bot.app.commands.start import engine_of, settings_of_process


def register(app: typer.Typer) -> None:
    app.add_typer(database_app, name="db")


database_app = typer.Typer(help="The database's schema.", no_args_is_help=True)


@database_app.command()
def upgrade() -> None:
    """Bring the schema to this release; harmless when it is there already."""
    from bot.app import migrate

    with engine_of(settings_of_process()) as engine:
        before, after = migrate.upgrade(engine)
    typer.echo(f"{before or 'empty'} → {after}" if before != after else f"{after}: nothing to do")


@database_app.command()
def current() -> None:
    """Say which revision the database is at and which one this release needs."""
    from bot.app import migrate

    with engine_of(settings_of_process()) as engine, engine.connect() as connection:
        here = migrate.current_revision(connection)
    typer.echo(f"database {here or 'empty'}, release {migrate.newest_revision()}")
