"""A tournament as CSV and as Markdown."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from engine import atomic
from engine.csv_writer import cells
from engine.numbers import short

if TYPE_CHECKING:
    from pathlib import Path

    from engine.maps.tournament import Standing, Tournament

COLUMNS = (
    "problem", "optimizer", "best_rate", "median_loss", "low_quartile", "high_quartile",
    "steps_to_target", "evaluations_to_target", "success",
)  # fmt: skip
#: Factors of the best cost at which a profile is told in Markdown.
FACTORS = (1.0, 2.0, 5.0, 10.0)


def write_csv(path: str | Path, tournament: Tournament) -> None:
    """Write a row per problem and optimizer; the file appears whole or not at all."""
    with atomic.replacing(path) as file:
        file.write(csv_of(tournament))


def csv_of(tournament: Tournament) -> bytes:
    """Return the CSV's bytes."""
    rows = [COLUMNS, *(_csv_row(standing) for standing in tournament.standings)]
    return b"".join(cells(row) + b"\r\n" for row in rows)


def _csv_row(standing: Standing) -> tuple[str, ...]:
    steps, cost = standing.median_steps, standing.median_cost
    return (
        standing.problem, standing.entry, "" if standing.rate is None else repr(standing.rate),
        repr(standing.loss), repr(standing.low), repr(standing.high),
        "" if steps < 0 else str(steps), "" if math.isinf(cost) else repr(cost),
        repr(standing.success),
    )  # fmt: skip


def markdown(tournament: Tournament) -> str:
    """Return a table per problem, and the profiles, as Markdown."""
    parts = []
    for problem in dict.fromkeys(standing.problem for standing in tournament.standings):
        parts += [f"## {problem}", "", *_table(tournament, problem), ""]
    return "\n".join([*parts, *_profiles(tournament)])


def _table(tournament: Tournament, problem: str) -> list[str]:
    rows = [standing for standing in tournament.standings if standing.problem == problem]
    rows.sort(key=lambda standing: (-standing.success, standing.median_cost, standing.loss))
    lines = [
        "| optimizer | best η | median loss | steps | evaluations | solved |",
        "|---|" + "--:|" * 5,
    ]
    for each in rows:
        rate = "none trains" if each.rate is None else short(each.rate) + "*" * each.at_an_end
        steps = "–" if each.median_steps < 0 else f"{each.median_steps:,}"
        cost = "–" if math.isinf(each.median_cost) else f"{round(each.median_cost):,}"
        lines.append(
            f"| {_cell(each.entry)} | {rate} | {short(each.loss)} | {steps} | {cost} | "
            f"{short(100 * each.success)} % |"
        )
    if any(each.at_an_end and each.rate is not None for each in rows):
        lines += ["", "\\* the first or last rate tried: another may do better."]
    return lines


def _profiles(tournament: Tournament) -> list[str]:
    found = tournament.profiles
    if found is None:
        return []
    heads = " | ".join(f"within {short(factor)} ×" for factor in FACTORS)
    lines = [
        "## Performance profile", "",
        "Share of problems and seeds solved within a factor of the cheapest, with 95 % intervals.",
        "", f"| optimizer | {heads} |", "|---|" + "--:|" * len(FACTORS),
    ]  # fmt: skip
    for row, entry in enumerate(tournament.entries):
        parts = []
        for factor in FACTORS:
            k = int((found.ratios <= factor).sum()) - 1
            share, low, high = (100 * a[row, k] for a in (found.shares, found.low, found.high))
            parts.append(f"{short(share)} % ({short(low)} – {short(high)})")
        lines.append(f"| {_cell(entry)} | {' | '.join(parts)} |")
    return [*lines, ""]


def _cell(text: str) -> str:
    return text.replace("|", "\\|")
