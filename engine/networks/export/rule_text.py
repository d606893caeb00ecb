"""Our own rules' source, for scripts in frameworks that have no such optimizer."""

from __future__ import annotations

import ast
import importlib
import inspect
import re
import sys
import textwrap
from typing import TYPE_CHECKING, Any

from engine.script import literal, plain, source_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from engine.networks.export.subject import Subject
    from engine.networks.matrix_rules.rule import MatrixOptimizer
    from engine.optimizers.optimizer import Optimizer


def elementwise_text(rule: Optimizer, subject: Subject, module: str) -> str:
    """Return ``per_step`` and ``update`` of an elementwise rule with its numbers.

    ``update`` gets tensors of the framework, whose functions stand in `module`. It needs the
    numbers ``h``, ``first`` (a tensor's first state) and ``carry``.

    Raises
    ------
    ValueError : the rule decides for each number, which no tensor can.
    """
    assert rule.update is not None
    update = source_of(rule.update)
    if re.search(r"^\s*if ", update, re.MULTILINE):
        raise ValueError(
            f"{rule.title} decides anew for each weight, which cannot be written for whole "
            "tensors; copy another run."
        )
    update = re.sub(r"\bnp\.", f"{module}.", update)
    per_step = source_of(rule.per_step)
    read = [int(i) for i in re.findall(r"\bh\[(\d+)\]", per_step)]
    # A rule that is shared with another optimizer finds 0 for what this one does not declare.
    numbers = subject.hyperparameters(max(read, default=-1) + 1)
    state = "".join(f"{literal(s)}, " for s in rule.state).strip()
    carry = "".join(f"{literal(c)}, " for c in rule.carry).strip()
    return f"{per_step}\n\n\n{update}\n\n\n{numbers}\nfirst = ({state})\ncarry = ({carry})\n"


def tensor_rule_text(rule: MatrixOptimizer, subject: Subject) -> tuple[list[str], str]:
    """Return (imports, ``start`` and ``step`` with all they use and the numbers ``h``)."""
    found = _Found()
    for function in (rule.start, rule.step):
        found.gather(function)
    return found.imports(), f"{found.text()}\n\n\n{subject.hyperparameters()}"


def asks(text: str) -> bool:
    """Return whether a rule takes losses or gradients of its own."""
    return re.search(r"\bevaluate[(.]", text) is not None


def asks_for_curvature(text: str) -> bool:
    """Return whether a rule takes products with the Hessian."""
    return "evaluate.products(" in text


class _Found:
    """Our functions and classes that a rule needs, each after all that it uses itself."""

    def __init__(self) -> None:
        self._constants: dict[str, str] = {}
        self._texts: dict[str, str] = {}
        self._things: dict[str, Any] = {}
        self._imports: dict[str, set[str]] = {}

    def gather(self, thing: Any) -> None:
        """Collect a function or class, unless it is there already."""
        name = thing.__name__
        if name in self._things:
            assert self._things[name] is thing, f"two of our rules' parts are called {name}"
            return
        self._things[name] = thing
        text = _without_copying(textwrap.dedent(inspect.getsource(thing)))
        scope = vars(sys.modules[thing.__module__]) | _imported_inside(text)
        for used in _names(text):
            if used in scope:
                self._gather_value(used, scope[used])
        self._texts[name] = _alone(thing, text)

    def imports(self) -> list[str]:
        """Return the lines that import what is not ours."""
        return [
            f"from {module} import {', '.join(sorted(names))}" if names else f"import {module}"
            for module, names in sorted(self._imports.items())
        ]

    def text(self) -> str:
        """Return all that was collected."""
        constants = ["\n".join(self._constants.values())] if self._constants else []
        return "\n\n\n".join([*constants, *self._texts.values()])

    def _gather_value(self, name: str, value: Any) -> None:
        if inspect.ismodule(value):
            if name != "np":
                self._imports.setdefault(name, set())
        elif inspect.isfunction(value) or inspect.isclass(value):
            if value.__module__.startswith("engine."):
                self.gather(value)
            else:
                self._imports.setdefault(value.__module__, set()).add(name)
        elif isinstance(value, int | float | str | tuple):
            self._constants[name] = f"{name} = {value!r}"


def _names(text: str) -> list[str]:
    """Return the names that a text takes from around it, annotations left out."""
    tree = ast.parse(text)
    own = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef):
            node.returns = None
        elif isinstance(node, ast.arg):
            node.annotation = None
            own.add(node.arg)
        elif isinstance(node, ast.AnnAssign):
            node.annotation = ast.Constant(None)
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            own.add(node.id)
    used = (n.id for n in ast.walk(tree) if isinstance(n, ast.Name))
    return [name for name in dict.fromkeys(used) if name not in own]


def _imported_inside(text: str) -> dict[str, Any]:
    """Return what a function imports of ours when it is called."""
    found: dict[str, Any] = {}
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.ImportFrom) and node.module:
            module = importlib.import_module(node.module)
            found |= {alias.name: getattr(module, alias.name) for alias in node.names}
    return found


def _alone(thing: Callable[..., Any], text: str) -> str:
    """Return a function without annotations, or a class, and both without imports of ours."""
    text = plain(thing) if inspect.isfunction(thing) else text.rstrip()
    # Together with the comment that gives the reason.
    return re.sub(r"( +#.*\n)? +from engine\..*\n\n?", "", text)


def _without_copying(text: str) -> str:
    """Return a class without a way of its own to be copied, which a script has no use for."""
    lines = text.splitlines()
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.FunctionDef) and node.name == "__deepcopy__":
            del lines[node.lineno - 1 : (node.end_lineno or 0) + 1]
    return "\n".join(lines)
