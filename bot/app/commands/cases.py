"""`case show` and `case merge`: the whole story of a case, and two of one person made one."""
# ruff: noqa: PLC0415

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Annotated, Any

import typer

from bot.app.commands.by_person import By, person_id
from bot.app.errors import Refusal

if TYPE_CHECKING:
    from rich.console import Console

    from bot.store.concession_views import ConcessionViews
    from bot.store.story_views import StoryViews
    from bot.store.views import TimelineItem, Views

#: Rows of the timeline that are printed, the newest.
_LONGEST_STORY = 300

cases = typer.Typer(help="Cases: show one, merge two of one person.", no_args_is_help=True)


def register(app: typer.Typer) -> None:
    app.add_typer(cases, name="case")


@cases.command()
def show(
    which: Annotated[str, typer.Argument(help="Case id, contract number or phone (+86…).")],
    with_texts: Annotated[
        bool, typer.Option("--texts", help="Print what was written; it is personal data.")
    ] = False,
) -> None:
    """Print who, what is owed, where it stands, and everything that happened."""
    from bot.app.commands.start import flows
    from bot.scripts.names import masked
    from bot.store.concession_views import ConcessionViews
    from bot.store.story_views import StoryViews
    from bot.store.views import Views

    with flows("case") as product, product.pool.connection() as connection:
        views = Views(connection, product.seal, masked)
        case_id = _find(views, which)
        grants = ConcessionViews(connection, product.seal)
        stories = StoryViews(connection, product.seal)
        _print(views, stories, grants, case_id, with_texts=with_texts)


#: Why two cases are not merged, and what to do about it.
_REFUSED = {
    "moved_on": ("no such case", "see `yuehuan case show` for the numbers"),
    "merge_same": ("both are the same case", "give two numbers"),
    "merge_done": ("one of them was merged before", "merge the case it was merged into"),
    "merge_unlike": (
        "they are not of one portfolio and currency, or of one debtor already",
        "only two debtors' cases in one portfolio and currency can be merged",
    ),
    "merge_closed": ("the case to be kept is closed and the other is not", "swap the two numbers"),
    "merge_owes": (
        "a person closed the case that would go, and it still owes",
        "have that debt reduced or taken out of the ledger first",
    ),
    "payment_waits": ("a recorded payment waits for a second person", "decide on it first"),
    "import_running": ("a ledger of this creditor is being imported", "try again when it is done"),
    "changed": ("somebody changed one of the cases", "look at both and try again"),
}


@cases.command()
def merge(
    gone: Annotated[int, typer.Argument(help="Number of the case that is closed.")],
    kept: Annotated[int, typer.Argument(help="Number of the case that is kept.")],
    by: By,
    sure: Annotated[bool, typer.Option("--yes", help="Do not ask; it cannot be undone.")] = False,
) -> None:
    """Merge two cases of one person: everything of GONE goes to KEPT, for good."""
    from bot.app.commands.start import flows
    from bot.app.merging import merging
    from bot.flows.desk import DeskError

    with flows("case") as product:
        who, flow = person_id(product, by), merging(product)
        try:
            planned = flow.check(gone, kept)
            for one, other in planned.pairs:
                typer.echo(f"case {one} goes into case {other}")
            for case_id in planned.rehomed:
                typer.echo(f"case {case_id} becomes the same debtor's")
            if not sure:
                typer.confirm("This cannot be undone. Merge them?", abort=True)
            flow.merge(gone, kept, who)
        except DeskError as refused:
            problem, remedy = _REFUSED[refused.code]
            raise Refusal(problem, remedy) from refused
        typer.echo(f"merged; see `yuehuan case show {kept}`")


def _find(views: Views, which: str) -> int:
    if which.isdecimal() and views.case(int(which)):
        return int(which)
    found = views.search(which)
    if not found:
        raise Refusal(f"no case {which!r}", "give its id, a contract number or a phone in E.164")
    if len(found) > 1:
        ids = ", ".join(str(row["case_id"]) for row in found)
        raise Refusal(f"{which!r} means several cases: {ids}", "give one of the ids")
    return int(found[0]["case_id"])


def _print(
    views: Views,
    stories: StoryViews,
    grants: ConcessionViews,
    case_id: int,
    *,
    with_texts: bool,
) -> None:
    from rich.console import Console
    from rich.table import Table

    from bot.domain.money import plain
    from bot.flows.playbook import zone_of

    case = views.case(case_id)
    assert case is not None
    console, zone = Console(), zone_of(case["zone"])
    owed = Table("contract", "ref", "due", "amount", "paid", "owed", title="debts")
    for debt in views.debts(case_id):
        sums = (
            plain(debt[n], case["currency"]) for n in ("amount_minor", "paid_minor", "owed_minor")
        )
        owed.add_row(debt["contract"], debt["ref"], str(debt["due_on"]), *sums)
    story = Table("when", "what", "detail", title="timeline")
    for item in reversed(stories.page(case_id, limit=_LONGEST_STORY).items):
        at = item.at.astimezone(zone)
        story.add_row(f"{at:%m-%d %H:%M}", item.kind, _detail(item, with_texts=with_texts))
    console.print(
        f"case {case_id} · {case['portfolio']} · {case['debtor']} · [bold]{case['state']}[/] · "
        f"tier {case['tier'] or '-'} · {case['currency']}"
    )
    if case["merged_into"]:
        console.print(f"merged into case {case['merged_into']}")
    for former in views.merged_from(case_id):
        console.print(f"case {former} was merged into it")
    console.print(owed)
    _print_grants(console, grants, case_id, case["currency"])
    console.print(story)


def _print_grants(console: Console, grants: ConcessionViews, case_id: int, currency: str) -> None:
    """Plans with their instalments, and reductions; nothing when there are none."""
    from bot.domain.money import plain

    for plan in grants.plans(case_id):
        parts = plan["parts"] or plan["schedule"]
        said = "; ".join(
            f"{part['due_on']} {plain(part['amount_minor'], currency)} {part.get('state', '')}".strip()
            for part in parts
        )
        console.print(f"plan {plan['id']} · {plan['state']} · {said}")
    for each in grants.reductions(case_id):
        when = f" if {plain(each['condition_minor'], currency)} by {each['pay_by']}"
        console.print(
            f"reduction {each['id']} · {each['state']} · {plain(each['amount_minor'], currency)}"
            f" · {each['reason']}{when if each['pay_by'] else ''}"
        )


def _detail(item: TimelineItem, *, with_texts: bool) -> str:
    from rich.markup import escape

    skipped = {"id", "at", "seq", "data", "evidence"}
    parts = [
        f"{k}={_short(v)}"
        for k, v in item.data.items()
        if v not in (None, "", {}, []) and k not in skipped
    ]
    text = f"\n{item.text}" if with_texts and item.text else ""
    return escape(" ".join(parts) + text)


def _short(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
