"""`policy`: are the contact rules in order, and what do they say?"""
# ruff: noqa: PLC0415

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bot.app.errors import Refusal

if TYPE_CHECKING:
    from rich.console import Console
    from rich.table import Table

    from bot.domain.gate import Pack, RouteTable
    from bot.policy.examples import Outcome

#: Columns of a table that is written to a file or a pipe, where nothing says how wide to be.
WIDE = 160

rules = typer.Typer(help="The contact rules (合规包): check.", no_args_is_help=True)


def register(app: typer.Typer) -> None:
    app.add_typer(rules, name="policy")


@rules.command()
def check(
    folder: Annotated[Path | None, typer.Argument(help="Another folder of packs.")] = None,
    brief: Annotated[bool, typer.Option("--brief", help="Only problems and totals.")] = False,
) -> None:
    """Read every pack and the route table, run the cases in them; exit 1 when anything fails."""
    from rich.console import Console

    packs, routes, outcomes = _examined(folder)
    console = Console(highlight=False)
    if not console.is_terminal:
        console = Console(highlight=False, width=WIDE)
    if not brief:
        for pack in packs:
            _print_pack(console, pack, outcomes)
        console.print(_routes_table(routes))
    wrong = [each.wrong for each in outcomes if each.wrong]
    for line in wrong:
        console.print(line, style="red", markup=False)
    console.print(_totals(packs, routes, outcomes))
    if wrong:
        raise typer.Exit(1)


def _examined(folder: Path | None) -> tuple[list[Pack], RouteTable, list[Outcome]]:
    from bot.domain.gate.ruleset import BASE
    from bot.policy.examples import run_examples
    from bot.policy.marked import DataError
    from bot.policy.pack_loader import load_packs
    from bot.policy.routes import load_routes

    if folder is not None and not folder.is_dir():
        raise Refusal(f"{folder} is no folder", "name a folder that holds packs/*.yaml", code=2)
    try:
        by_id, routes = load_packs(folder).by_id, load_routes()
        if BASE not in by_id:
            raise Refusal(f"{folder} holds no {BASE}.yaml", "copy it from bot/policy/packs")
        packs = sorted(by_id.values(), key=lambda pack: (pack.id != BASE, pack.id))
        return packs, routes, [each for pack in packs for each in run_examples(pack, by_id[BASE])]
    except (DataError, ValueError) as error:
        raise Refusal(str(error)) from error


def _print_pack(console: Console, pack: Pack, outcomes: list[Outcome]) -> None:
    from rich.table import Table

    from bot.policy.words import condition_words, enforced_words, known_words

    ran = {each.rule: 0 for each in outcomes}
    for each in outcomes:
        ran[each.rule] += not each.wrong
    title = f"{pack.id} {pack.version}  {pack.jurisdiction}  ({pack.zone})"
    table = Table("rule", "demands", "kind", "known from", "enforced by", "cases", title=title)
    for rule in pack.rules:
        known = known_words(rule)
        if rule.unverified:
            known = f"[yellow]{known} · 未核实[/yellow]"
        cases = f"{ran.get(rule.id, 0)}/{len(pack.examples[rule.id])}" if rule.condition else ""
        kind, by = ", ".join(rule.kind), enforced_words(rule)
        table.add_row(rule.id, condition_words(rule), kind, known, by, cases)
    console.print(table)
    for unknown in pack.unknowns:
        console.print(f"  未核实 {unknown}", style="yellow", markup=False)


def _routes_table(routes: RouteTable) -> Table:
    from rich.table import Table

    table = Table("route", "goes", "text", "status", "reason", title=f"routes {routes.version}")
    for row in routes.routes:
        goes = "no" if not row.allowed else "yes" if row.offered else "not offered yet"
        limits = {"one-way": row.one_way, "no link": not row.links, "no finance": not row.finance}
        text = ", ".join(name for name, holds in limits.items() if holds and row.allowed)
        status = "verified" if row.verified else "[yellow]未核实[/yellow]"
        table.add_row(row.rule_id, goes, text, status, row.reason_en)
    return table


def _totals(packs: list[Pack], routes: RouteTable, outcomes: list[Outcome]) -> str:
    count = sum(len(pack.rules) for pack in packs)
    unverified = sum(rule.unverified for pack in packs for rule in pack.rules)
    wrong = sum(bool(each.wrong) for each in outcomes)
    return (
        f"{len(packs)} packs, {count} rules ({unverified} unverified), "
        f"{len(routes.routes)} routes; {len(outcomes)} cases, {wrong} failed"
    )
