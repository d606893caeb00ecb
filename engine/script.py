"""Pieces of a script: our own functions' source, numbers and comments, made to stand alone."""

from __future__ import annotations

import ast
import inspect
import math
import textwrap
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

WIDTH = 96


def literal(value: float) -> str:
    """Return Python text that gives exactly this number."""
    return repr(float(value)) if math.isfinite(value) else f'float("{float(value)!r}")'


def numbers(name: str, values: Sequence[float]) -> str:
    """Return an assignment of a list of numbers, wrapped."""
    text = f"{name} = [{', '.join(map(literal, values))}]"
    return textwrap.fill(text, WIDTH, subsequent_indent="    ", break_long_words=False)


def comment(text: str) -> str:
    """Return a user's text as comment lines, whatever characters it has."""
    # No line break of any kind may end the comment and let the rest be read as code.
    plain = "".join(c if c.isprintable() else " " for c in text)
    return textwrap.fill(plain, WIDTH, initial_indent="# ", subsequent_indent="# ")


def source_of(*functions: Callable[..., Any]) -> str:
    """Return the text of functions and of what they use of their modules, without annotations.

    Found are functions and constants of numbers, texts and tuples of them; `np` is assumed.
    """
    found: dict[str, str] = {}
    for function in functions:
        _gather(function, found)
    return "\n\n\n".join(found.values())


def _gather(function: Callable[..., Any], found: dict[str, str]) -> None:
    if function.__name__ in found:
        return
    scope = inspect.getmodule(function).__dict__
    for name in function.__code__.co_names:
        value = scope.get(name)
        if inspect.isfunction(value) and value.__module__.startswith("engine."):
            _gather(value, found)
        elif isinstance(value, int | float | str | tuple) and name not in found:
            found[name] = f"{name} = {value!r}"
    found[function.__name__] = plain(function)


def plain(function: Callable[..., Any]) -> str:
    """Return a function's text without annotations; its comments stay."""
    text = textwrap.dedent(inspect.getsource(function))
    lines = text.splitlines()
    tree = ast.parse(text).body[0]
    assert isinstance(tree, ast.FunctionDef)
    for argument in tree.args.args:
        argument.annotation = None
    body = lines[tree.body[0].lineno - 1 :]
    head = f"def {tree.name}({ast.unparse(tree.args)}):"
    return "\n".join([head, *map(_unannotated, body)])


def _unannotated(line: str) -> str:
    """Return a line without the type of the variable that it assigns."""
    try:
        statement = ast.parse(line.strip()).body[:1]
    except SyntaxError:
        return line
    if not (statement and isinstance(statement[0], ast.AnnAssign) and statement[0].value):
        return line
    indent = line[: len(line) - len(line.lstrip())]
    value = ast.get_source_segment(line.strip(), statement[0].value)
    return f"{indent}{ast.unparse(statement[0].target)} = {value}"


def without(text: str, names: Iterable[str]) -> str:
    """Return a module's text without some of its functions and without its imports."""
    lines = text.splitlines()
    kept = ""
    after_function = False
    for node in ast.parse(text).body:
        function = node if isinstance(node, ast.FunctionDef) else None
        unwanted = function is not None and function.name in names
        if unwanted or isinstance(node, ast.Import | ast.ImportFrom):
            continue
        decorators = function.decorator_list if function else []
        first = min([node.lineno, *(d.lineno for d in decorators)])
        kept += "\n\n\n" if function or after_function else "\n"
        kept += "\n".join(lines[first - 1 : node.end_lineno])
        after_function = function is not None
    return kept.strip()
