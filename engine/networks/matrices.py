"""Products of small matrices whose rows are lanes of samples, in tiles that stay in registers.

A layer's three products, with a batch of lanes innermost everywhere:

- forward  A = W H + b,      (out, lanes) from (out, in) and (in, lanes): `multiply`
- backward D' = Wᵀ D,        (in, lanes), the same with W's strides exchanged: `multiply`
- weights  G = D Hᵀ,         (out, in), sums over the lanes: `correlate`

Source of the blocking: Goto and van de Geijn 2008, *Anatomy of high-performance matrix
multiplication*, without their packing: everything here fits in the second cache.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from llvmlite import ir
from numba import void
from numba.extending import intrinsic

from engine.inlining import called
from engine.networks.tiles import HEIGHTS, INDEX, WIDTHS, Emitter

if TYPE_CHECKING:
    from collections.abc import Sequence

#: What a product is added to: nothing, one number a row, what stands there.
NOTHING, BIAS, SUM = range(3)


def _data(context: Any, builder: Any, kind: Any, array: Any, offset: Any) -> Any:
    """Return the pointer to an array's element number `offset`."""
    pointer = context.make_array(kind)(context, builder, array).data
    return builder.gep(pointer, [offset])


@intrinsic  # type: ignore[untyped-decorator]
def _multiply(
    typing_context: Any, c: Any, co: Any, a: Any, ao: Any, down: Any, along: Any,
    b: Any, bo: Any, bias: Any, io: Any, mode: Any, rows: Any, inner: Any, lanes: Any,
) -> Any:  # fmt: skip
    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        kinds = signature.args
        (c, co, a, ao, down, along, b, bo, bias, io, mode, rows, inner, lanes) = arguments
        emit = Emitter(builder, context.get_data_type(kinds[0].dtype))
        c, a, b, bias = (
            _data(context, builder, kinds[i], array, offset)
            for i, array, offset in ((0, c, co), (2, a, ao), (6, b, bo), (8, bias, io))
        )
        column = emit.counter()
        for width in WIDTHS:
            with emit.strides(column, lanes, width * emit.lanes) as j:
                row = emit.counter()
                builder.store(ir.Constant(INDEX, 0), row)
                for height in HEIGHTS:
                    with emit.strides(row, rows, height) as i:
                        _tile(
                            emit, (height, width), (c, a, b, bias), (i, j),
                            (down, along, mode, inner, lanes),
                        )  # fmt: skip
        return context.get_dummy_value()

    return void(c, co, a, ao, down, along, b, bo, bias, io, mode, rows, inner, lanes), generate


def _tile(
    emit: Emitter,
    shape: tuple[int, int],
    pointers: Sequence[Any],
    place: tuple[Any, Any],
    strides: Sequence[Any],
) -> None:
    """Emit one tile of C, `shape` = (rows, vectors), at row i and lane j."""
    builder, (height, width) = emit.builder, shape
    c, a, b, bias = pointers
    i, j = place
    down, along, mode, inner, lanes = strides
    rows = [builder.add(i, ir.Constant(INDEX, r)) for r in range(height)]
    ends = [builder.add(builder.mul(r, lanes), j) for r in rows]
    columns = [ir.Constant(INDEX, w * emit.lanes) for w in range(width)]

    def begin() -> list[Any]:
        """Return the tile's first values by mode, chosen without a branch in the loop."""
        start = builder.block
        names = ("bias", "sum", "go")
        with_bias, with_sum, go = (builder.append_basic_block(n) for n in names)
        choice = builder.switch(mode, go)
        choice.add_case(ir.Constant(INDEX, BIAS), with_bias)
        choice.add_case(ir.Constant(INDEX, SUM), with_sum)
        builder.position_at_end(with_bias)
        spread = [emit.spread(builder.load(builder.gep(bias, [r]))) for r in rows]
        builder.branch(go)
        builder.position_at_end(with_sum)
        there = [emit.load(c, builder.add(e, w)) for e in ends for w in columns]
        builder.branch(go)
        builder.position_at_end(go)
        found = []
        for n in range(height * width):
            phi = builder.phi(emit.vector)
            phi.add_incoming(emit.zero, start)
            phi.add_incoming(spread[n // width], with_bias)
            phi.add_incoming(there[n], with_sum)
            found.append(phi)
        return found

    firsts = [builder.gep(a, [builder.mul(r, down)]) for r in rows]

    def body(k: Any, tile: Sequence[Any]) -> list[Any]:
        at = builder.add(builder.mul(k, lanes), j)
        vectors = [emit.load(b, builder.add(at, w)) for w in columns]
        step = builder.mul(k, along)
        numbers = [emit.spread(builder.load(builder.gep(first, [step]))) for first in firsts]
        return [
            emit.fma(numbers[n // width], vectors[n % width], tile[n])
            for n in range(height * width)
        ]

    done = emit.accumulate(inner, begin(), body)
    for n, value in enumerate(done):
        emit.store(value, c, builder.add(ends[n // width], columns[n % width]))


@intrinsic  # type: ignore[untyped-decorator]
def _correlate(
    typing_context: Any, g: Any, go: Any, d: Any, do: Any, h: Any, ho: Any,
    mode: Any, rows: Any, columns: Any, lanes: Any,
) -> Any:  # fmt: skip
    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        kinds = signature.args
        g, go, d, do, h, ho, mode, rows, columns, lanes = arguments
        emit = Emitter(builder, context.get_data_type(kinds[0].dtype))
        g, d, h = (
            _data(context, builder, kinds[i], array, offset)
            for i, array, offset in ((0, g, go), (2, d, do), (4, h, ho))
        )
        row = emit.counter()
        for height in HEIGHTS:
            with emit.strides(row, rows, height) as i:
                column = emit.counter()
                builder.store(ir.Constant(INDEX, 0), column)
                for width in HEIGHTS:
                    with emit.strides(column, columns, width) as k:
                        _sums(emit, (height, width), (g, d, h), (i, k), (mode, columns, lanes))
        return context.get_dummy_value()

    return void(g, go, d, do, h, ho, mode, rows, columns, lanes), generate


def _sums(
    emit: Emitter,
    shape: tuple[int, int],
    pointers: Sequence[Any],
    place: tuple[Any, Any],
    sizes: Sequence[Any],
) -> None:
    """Emit a tile of G, `shape` = (rows, columns), at row i and column k."""
    builder, (height, width) = emit.builder, shape
    g, d, h = pointers
    mode, columns, lanes = sizes
    i, k = place
    upper = [builder.mul(builder.add(i, ir.Constant(INDEX, r)), lanes) for r in range(height)]
    left = [builder.mul(builder.add(k, ir.Constant(INDEX, c)), lanes) for c in range(width)]
    count = builder.sdiv(lanes, ir.Constant(INDEX, emit.lanes))

    def body(n: Any, tile: Sequence[Any]) -> list[Any]:
        at = builder.mul(n, ir.Constant(INDEX, emit.lanes))
        ups = [emit.load(d, builder.add(u, at)) for u in upper]
        lefts = [emit.load(h, builder.add(s, at)) for s in left]
        return [emit.fma(ups[m // width], lefts[m % width], tile[m]) for m in range(height * width)]

    done = emit.accumulate(count, [emit.zero] * (height * width), body)
    adds = builder.icmp_signed("==", mode, ir.Constant(INDEX, SUM))
    for r in range(height):
        total = emit.sums(done[r * width : (r + 1) * width])
        at = builder.add(builder.mul(builder.add(i, ir.Constant(INDEX, r)), columns), k)
        there = emit.load(g, at, width)
        total = builder.select(adds, builder.fadd(there, total), total)
        emit.store(total, g, at)


@called
def multiply(
    c: Any, co: int, a: Any, ao: int, down: int, along: int, b: Any, bo: int,
    bias: Any, io: int, mode: int, rows: int, inner: int, lanes: int,
) -> None:  # fmt: skip
    """Write C = A B, (rows, lanes) from (rows, inner) and (inner, lanes), plus what `mode` says.

    Each matrix is a flat array and an offset; A's elements are `down` apart between rows and
    `along` within one. BIAS adds bias[io + row], SUM what stands in C. Lanes are whole vectors.
    """
    _multiply(c, co, a, ao, down, along, b, bo, bias, io, mode, rows, inner, lanes)


@called
def correlate(
    g: Any,
    go: int,
    d: Any,
    do: int,
    h: Any,
    ho: int,
    mode: int,
    rows: int,
    columns: int,
    lanes: int,
) -> None:
    """Write G = D Hᵀ, (rows, columns) from (rows, lanes) and (columns, lanes); SUM adds to G."""
    _correlate(g, go, d, do, h, ho, mode, rows, columns, lanes)
