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
    from collections.abc import Callable, Sequence

    from engine.networks.export.subject import Subject
    from engine.networks.matrix_rules.rule import MatrixOptimizer
    from engine.optimizers.optimizer import Optimizer


def elementwise_text(rule: Optimizer, subject: Subject, module: str) -> str:
    """Return ``per_step`` and ``update`` of an elementwise rule with its numbers.

    ``update`` gets tensors of the framework, whose functions stand in `module`. It needs the
    numbers ``h``, ``first`` (a tensor's first state) and ``carry``.
    """
    assert rule.update is not None
    update = _by_cases(re.sub(r"\bnp\.", f"{module}.", source_of(rule.update)), module)
    per_step = source_of(rule.per_step)
    read = [int(i) for i in re.findall(r"\bh\[(\d+)\]", per_step)]
    # A rule that is shared with another optimizer finds 0 for what this one does not declare.
    numbers = _hyperparameters(subject, max(read, default=-1) + 1)
    state = f"first = {_tuple(rule.state)}\ncarry = {_tuple(rule.carry)}\n"
    return f"{per_step}\n\n\n{update}\n\n\n{numbers}\n{state}"


def _by_cases(text: str, module: str) -> str:
    """Return a rule in which every number of a tensor takes its own side of an ``if``."""
    lines = text.splitlines()
    branches = [node for node in ast.walk(ast.parse(text)) if isinstance(node, ast.If)]
    for node in sorted(branches, key=lambda node: -node.lineno):
        condition, chosen = ast.unparse(node.test), []
        for statement in node.body:
            assert isinstance(statement, ast.Assign), "a rule does more than assign in an if"
            name, value = ast.unparse(statement.targets[0]), ast.unparse(statement.value)
            chosen.append(f"{name} = {module}.where({condition}, {value}, {name})")
        indent = " " * node.col_offset
        lines[node.lineno - 1 : node.end_lineno] = [indent + line for line in chosen]
    return "\n".join(lines)


def tensor_rule_text(rule: MatrixOptimizer, subject: Subject) -> tuple[list[str], str]:
    """Return (imports, ``start`` and ``step`` with all they use and the numbers ``h``)."""
    found = _Found()
    for function in (rule.start, rule.step):
        found.gather(function)
    return found.imports(), f"{found.text()}\n\n\n{_hyperparameters(subject)}"


def _hyperparameters(subject: Subject, least: int = 0) -> str:
    """Return text that sets ``h``, filled up with zeros to at least so many numbers."""
    numbers = list(subject.values.values())
    numbers += [0.0] * (least - len(numbers))
    names = f"# {', '.join(subject.values)}\n" if subject.values else ""
    return f"{names}h = {_tuple(numbers)}"


def _tuple(numbers: Sequence[float]) -> str:
    texts = [literal(number) for number in numbers]
    return f"({texts[0]},)" if len(texts) == 1 else f"({', '.join(texts)})"


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
        self._texts[name] = text = _alone(thing, text)
        if re.search(r"\bAny\b", text):
            self._imports.setdefault("typing", set()).add("Any")

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
    if inspect.isfunction(thing):
        text = plain(thing)
    else:
        text = re.sub(r"\bArray\b", "np.ndarray", text.rstrip())
    # Together with the comment that gives the reason.
    return re.sub(r"( +#.*\n)? +from engine\..*\n\n?", "", text)


def _without_copying(text: str) -> str:
    """Return a class without a way of its own to be copied, which a script has no use for."""
    lines = text.splitlines()
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.FunctionDef) and node.name == "__deepcopy__":
            del lines[node.lineno - 1 : (node.end_lineno or 0) + 1]
    return "\n".join(lines)
