"""Text that the scripts of all frameworks share."""

from __future__ import annotations

from string import Template
from typing import TYPE_CHECKING

from engine.script import literal

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from engine.networks.export.subject import Subject

_MASKS = Template('''\
def mixed(numbers):
    """Return 64-bit numbers as if drawn by chance: SplitMix64 (Steele, Lea & Flood 2014)."""
    z = numbers * np.uint64(0x9E3779B97F4A7C15)
    z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return z ^ (z >> np.uint64(31))


def dropout_masks(step, samples):
    """Return what a step multiplies each hidden layer's units by: 0, or 1 / (1 - $share)."""
    masks = []
    for layer, units in enumerate($hidden, start=1):
        stream = mixed(mixed(np.array([[step]], np.uint64)) + np.uint64(layer))
        seeds = mixed(stream + np.arange(1, units + 1, dtype=np.uint64))
        numbers = mixed(seeds + np.arange(1, samples + 1, dtype=np.uint64)[:, None])
        gone = numbers >> np.uint64(11) < np.uint64($share * 2**53)
        masks.append(np.where(gone, 0, 1 / (1 - $share)).astype(np.$precision))
    return masks''')


def masks_text(subject: Subject) -> str:
    """Return the functions that make dropout's masks, as `engine.networks.masks` does."""
    return _MASKS.substitute(
        share=literal(subject.model.dropout),
        hidden=subject.hidden,
        precision=subject.experiment.precision,
    )


def header(subject: Subject, framework: str, needs: str) -> str:
    """Return the comment at the top of a script."""
    return (
        f"{subject.title(framework)}\n"
        f"# Copied from Overshoot; needs {needs}. The file of arrays beside it, which has\n"
        "# the script's name and ends in .npz, holds the first weights, the data and the order of\n"
        "# the batches. The losses are left in `losses` and in a CSV file beside it."
    )


def ending(subject: Subject, training: str, validation: str) -> str:
    """Return the lines that look at all data, print and save; the arguments are expressions."""
    said = 'print(f"after {len(losses)} steps: loss on all training rows {training}"'
    lines = [f"training = {training}"]
    if subject.network.validation.count:
        lines.append(f"validation = {validation}")
        said = said[:-1] + ', validation {validation}"'
    path = 'here.with_name(here.stem + "_losses.csv")'
    return "\n".join(
        [*lines, f"{said})", f'np.savetxt({path}, losses, "%.17g", header="loss", comments="")']
    )


def imports_text(standard: Iterable[str], theirs: Sequence[str]) -> str:
    """Return the lines that import, those of the standard library sorted and first."""
    found = {*standard, "from pathlib import Path"}
    whole = {line for line in found if line.startswith("import ")}
    return "\n".join([*sorted(whole), *sorted(found - whole), "", *theirs])


def batch_lines(subject: Subject) -> list[str]:
    """Return the lines that take a step's rows from ``x`` and ``y``."""
    if subject.network.order.full:
        return []
    return ["batch = rows[t, : counts[t]]", "inputs, targets = x[batch], y[batch]"]


def assembled(blocks: Iterable[str]) -> str:
    """Return blocks of text as one script, two empty lines around functions and classes."""
    text, before = "", ""
    for block in filter(None, (b.strip("\n") for b in blocks)):
        if text:
            text += "\n\n" + "\n" * (_defines(block, 0) or _defines(before, -1))
        text += block
        before = block
    return text + "\n"


def _defines(block: str, which: int) -> bool:
    """Return whether a block's first (0) or last (−1) statement is a function or a class."""
    heads = [line for line in block.splitlines() if line and not line.startswith((" ", ")", "]"))]
    return heads[which].startswith(("def ", "class ", "@"))


def indented(lines: Iterable[str], levels: int = 1) -> str:
    """Return lines moved to the right."""
    return "\n".join(" " * (4 * levels) + line if line else "" for line in lines)
