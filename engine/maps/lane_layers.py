"""Layers of many networks at once, each in a lane of its own: what is not a product of matrices.

Every block is flat: a row of `LANES` numbers, one per network, for each sample, unit or weight.
The products themselves are `engine.networks.matrices.multiply`'s, whose lanes hold networks here
and whose matrix of plain numbers holds the samples, which all networks share.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from llvmlite import ir
from numba import void
from numba.extending import intrinsic

from engine.inlining import inlined
from engine.networks.tiles import INDEX, Emitter

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

#: Networks side by side, on every machine: four of the widest vectors.
LANES = 32


class Rows:
    """Emits loads and stores of rows, each as all the vectors it has.

    Parameters
    ----------
    context, builder, signature, arguments : those of an intrinsic whose arrays are flat.
    """

    def __init__(self, context: Any, builder: Any, signature: Any, arguments: Any) -> None:
        self.emit = Emitter(builder, ir.DoubleType())
        self._lanes = [
            ir.Constant(INDEX, n) for n in range(0, LANES, self.emit.lanes)
        ]  # fmt: skip
        self._context, self._kinds, self._arguments = context, signature.args, arguments

    def data(self, array: int, offset: int | None = None) -> Any:
        """Return the pointer to the array that is argument `array`, from its offset on."""
        builder = self.emit.builder
        kind, value = self._kinds[array], self._arguments[array]
        pointer = self._context.make_array(kind)(self._context, builder, value).data
        return pointer if offset is None else builder.gep(pointer, [self._arguments[offset]])

    def load(self, pointer: Any, row: Any = None) -> list[Any]:
        """Load a row."""
        return [self.emit.load(pointer, place) for place in self._places(row)]

    def store(self, values: Sequence[Any], pointer: Any, row: Any = None) -> None:
        """Store a row."""
        for value, place in zip(values, self._places(row), strict=True):
            self.emit.store(value, pointer, place)

    def each(self, rule: Callable[..., Any], *rows: Sequence[Any]) -> list[Any]:
        """Return rule(…) of the vectors at each place of some rows."""
        return [rule(*vectors) for vectors in zip(*rows, strict=True)]

    def constant(self, value: float) -> list[Any]:
        """Return a row that holds one number throughout."""
        vector = ir.Constant(self.emit.vector, [value] * self.emit.lanes)
        return [vector] * len(self._lanes)

    def _places(self, row: Any) -> list[Any]:
        if row is None:
            return self._lanes
        builder = self.emit.builder
        start = builder.mul(row, ir.Constant(INDEX, LANES))
        return [builder.add(start, lane) for lane in self._lanes]


@intrinsic  # type: ignore[untyped-decorator]
def _add_unit(
    typing_context: Any, o: Any, h: Any, ho: Any, w: Any, wo: Any, count: Any
) -> Any:  # fmt: skip
    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        rows = Rows(context, builder, signature, arguments)
        outputs, units = rows.data(0), rows.data(1, 2)
        weight = rows.load(rows.data(3, 4))

        def body(p: Any, _: Any) -> list[Any]:
            added = rows.each(rows.emit.fma, weight, rows.load(units, p), rows.load(outputs, p))
            rows.store(added, outputs, p)
            return []

        rows.emit.accumulate(arguments[5], [], body)
        return context.get_dummy_value()

    return void(o, h, ho, w, wo, count), generate


@intrinsic  # type: ignore[untyped-decorator]
def _misfit(
    typing_context: Any, o: Any, y: Any, yo: Any, count: Any, scale: Any, share: Any, loss: Any
) -> Any:
    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        rows = Rows(context, builder, signature, arguments)
        outputs, targets, losses = rows.data(0), rows.data(1, 2), rows.data(6)
        scale, share = (rows.emit.spread(arguments[n]) for n in (4, 5))

        def body(p: Any, sums: Sequence[Any]) -> list[Any]:
            target = rows.emit.spread(builder.load(builder.gep(targets, [p])))
            misfits = [
                builder.fsub(builder.fmul(o, scale), target) for o in rows.load(outputs, p)
            ]  # fmt: skip
            rows.store([builder.fmul(m, share) for m in misfits], outputs, p)
            return rows.each(rows.emit.fma, misfits, misfits, sums)

        rows.store(rows.emit.accumulate(arguments[3], rows.load(losses), body), losses)
        return context.get_dummy_value()

    return void(o, y, yo, count, scale, share, loss), generate


def _backwards(slope: Callable[[Rows, Sequence[Any]], list[Any]]) -> Callable[..., Any]:
    """Return the generator of `unit_back` for activations whose slope is a rule of their value."""

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        rows = Rows(context, builder, signature, arguments)
        units, errors, gradient = rows.data(0, 1), rows.data(2), rows.data(5, 6)
        weight = rows.load(rows.data(3, 4))

        def body(p: Any, sums: Sequence[Any]) -> list[Any]:
            h, e = rows.load(units, p), rows.load(errors, p)
            back = rows.each(builder.fmul, rows.each(builder.fmul, e, weight), slope(rows, h))
            rows.store(back, units, p)
            return rows.each(rows.emit.fma, e, h, sums)

        rows.store(rows.emit.accumulate(arguments[7], rows.load(gradient), body), gradient)
        return context.get_dummy_value()

    return generate


def _slope_of_tanh(rows: Rows, h: Sequence[Any]) -> list[Any]:
    minus = [rows.emit.builder.fneg(v) for v in h]
    return rows.each(rows.emit.fma, minus, h, rows.constant(1.0))


def _slope_of_relu(rows: Rows, h: Sequence[Any]) -> list[Any]:
    builder, one = rows.emit.builder, rows.constant(1.0)
    # A unit that is not a number has a slope that is none.
    return [
        builder.select(
            builder.fcmp_ordered("==", v, rows.emit.zero),
            rows.emit.zero,
            builder.select(builder.fcmp_unordered("uno", v, v), v, each),
        )
        for v, each in zip(h, one, strict=True)
    ]


def _slope_of_identity(rows: Rows, h: Sequence[Any]) -> list[Any]:
    return rows.constant(1.0)


@intrinsic  # type: ignore[untyped-decorator]
def _tanh_back(
    typing_context: Any, h: Any, ho: Any, e: Any, w: Any, wo: Any, g: Any, go: Any, count: Any
) -> Any:
    return void(h, ho, e, w, wo, g, go, count), _backwards(_slope_of_tanh)


@intrinsic  # type: ignore[untyped-decorator]
def _relu_back(
    typing_context: Any, h: Any, ho: Any, e: Any, w: Any, wo: Any, g: Any, go: Any, count: Any
) -> Any:
    return void(h, ho, e, w, wo, g, go, count), _backwards(_slope_of_relu)


@intrinsic  # type: ignore[untyped-decorator]
def _identity_back(
    typing_context: Any, h: Any, ho: Any, e: Any, w: Any, wo: Any, g: Any, go: Any, count: Any
) -> Any:
    return void(h, ho, e, w, wo, g, go, count), _backwards(_slope_of_identity)


@intrinsic  # type: ignore[untyped-decorator]
def _descend(
    typing_context: Any, w: Any, wo: Any, g: Any, go: Any, rate: Any, ro: Any, count: Any
) -> Any:
    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        rows = Rows(context, builder, signature, arguments)
        weights, gradients = rows.data(0, 1), rows.data(2, 3)
        back = [builder.fneg(v) for v in rows.load(rows.data(4, 5))]

        def body(n: Any, _: Any) -> list[Any]:
            new = rows.each(rows.emit.fma, back, rows.load(gradients, n), rows.load(weights, n))
            rows.store(new, weights, n)
            return []

        rows.emit.accumulate(arguments[6], [], body)
        return context.get_dummy_value()

    return void(w, wo, g, go, rate, ro, count), generate


@intrinsic  # type: ignore[untyped-decorator]
def _roll(
    typing_context: Any, v: Any, vo: Any, g: Any, go: Any, beta: Any, bo: Any, count: Any
) -> Any:
    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        rows = Rows(context, builder, signature, arguments)
        velocities, gradients = rows.data(0, 1), rows.data(2, 3)
        kept = rows.load(rows.data(4, 5))

        def body(n: Any, _: Any) -> list[Any]:
            new = rows.each(rows.emit.fma, kept, rows.load(velocities, n), rows.load(gradients, n))
            rows.store(new, velocities, n)
            return []

        rows.emit.accumulate(arguments[6], [], body)
        return context.get_dummy_value()

    return void(v, vo, g, go, beta, bo, count), generate


@inlined
def add_unit(o: Any, h: Any, ho: int, w: Any, wo: int, count: int) -> None:
    """Add w·h to the sums o, for each of `count` samples."""
    _add_unit(o, h, ho, w, wo, count)


@inlined
def misfit(
    o: Any, y: Any, yo: int, count: int, scale: float, share: float, loss: Any
) -> None:  # fmt: skip
    """Write share·(scale·o − y) to o, and add the sum of (scale·o − y)² to the loss."""
    _misfit(o, y, yo, count, scale, share, loss)


@inlined
def unit_back(
    code: int, h: Any, ho: int, e: Any, w: Any, wo: int, g: Any, go: int, count: int
) -> None:  # fmt: skip
    """Add Σ e·h to g and write e·w·φ′ to h; the slope φ′ goes by the activation's value h."""
    if code == 0:
        _tanh_back(h, ho, e, w, wo, g, go, count)
    elif code == 1:
        _relu_back(h, ho, e, w, wo, g, go, count)
    else:
        _identity_back(h, ho, e, w, wo, g, go, count)


@inlined
def descend(w: Any, wo: int, g: Any, go: int, rate: Any, ro: int, count: int) -> None:
    """Write w − rate·g to w, for `count` weights."""
    _descend(w, wo, g, go, rate, ro, count)


@inlined
def roll(v: Any, vo: int, g: Any, go: int, beta: Any, bo: int, count: int) -> None:
    """Write beta·v + g to the velocities v."""
    _roll(v, vo, g, go, beta, bo, count)
