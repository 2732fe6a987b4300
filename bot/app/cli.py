"""The command line `yuehuan`: one file of `bot/app/commands` per group of commands.

A group is a module with `register(app)`, listed in `GROUPS`. It imports what it needs inside its
commands, so that `yuehuan --help` does not load the whole product.

Exit codes: 0 done, 1 a check failed or something is missing, 2 wrong usage.
"""

import importlib
import os
import sys
from collections.abc import Sequence

import typer

from bot.app.errors import Refusal
from bot.app.parent import stop_with_parent

GROUPS = (
    "processes",
    "demo",
    "advance",
    "database",
    "imports",
    "bank",
    "limits",
    "fees",
    "portfolios",
    "halt",
    "alerts",
    "page",
    "collectors",
    "plan",
    "cases",
    "money",
    "figures",
    "verify",
    "scripts",
    "policy",
    "doctor",
    "understand",
    "corrections",
)


def make_app() -> typer.Typer:
    """The application with every group registered."""
    app = typer.Typer(
        name="yuehuan",
        help="约还: lawful and kind payment reminders, from the ledger to the payment.",
        no_args_is_help=True,
        add_completion=False,
        pretty_exceptions_enable=False,
    )
    for group in GROUPS:
        importlib.import_module(f"bot.app.commands.{group}").register(app)
    return app


def main(words: Sequence[str] | None = None) -> None:
    """Run one command and exit with its code; what a person can put right is told in one line."""
    stop_with_parent(os.environ)
    sys.exit(run(sys.argv[1:] if words is None else words))


def run(words: Sequence[str]) -> int:
    """Run one command; returns its exit code."""
    try:
        answer = typer.main.get_command(make_app()).main(
            list(words), prog_name="yuehuan", standalone_mode=False
        )
    except Refusal as problem:
        return _tell(str(problem), problem.code)
    except (typer.Abort, KeyboardInterrupt):
        return _tell("stopped", 130)
    except Exception as problem:
        if hasattr(problem, "format_message"):  # the parser's own exceptions, private in Typer
            return _tell(problem.format_message(), getattr(problem, "exit_code", 2))
        line = _database_trouble(problem)
        if line is None:
            raise
        return _tell(line, 1)
    return answer if isinstance(answer, int) else 0


def _tell(message: str, code: int) -> int:
    for line in message.strip().splitlines():
        sys.stderr.write(f"yuehuan: {line}\n")
    return code


def _database_trouble(problem: Exception) -> str | None:
    """One line when the database cannot be reached, however deep that was noticed."""
    import psycopg  # noqa: PLC0415
    from psycopg_pool import PoolTimeout  # noqa: PLC0415

    cause: BaseException | None = problem
    while cause is not None:
        if isinstance(cause, psycopg.OperationalError | PoolTimeout):
            said = str(cause).strip().splitlines()[0]
            return f"the database cannot be reached: {said} → check DATABASE_URL and the server"
        cause = cause.__cause__ or getattr(cause, "orig", None)
    return None


if __name__ == "__main__":
    main()
