"""Vectors of lanes in LLVM's own terms: what register-blocked products are emitted with.

LLVM vectorises only innermost loops, so a product that keeps a whole tile of its result in
registers must be written in vectors. All loops run over signed 64-bit integers.
"""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import llvmlite.binding
from llvmlite import ir
from numba.core import cgutils

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

INDEX = ir.IntType(64)


def _vector_bytes() -> int:
    features = llvmlite.binding.get_host_cpu_features()
    return 64 if features.get("avx512f") else 32 if features.get("avx") else 16


VECTOR_BYTES = _vector_bytes()
#: Vectors beside each other in one tile: with 4 rows they fill half of the registers.
WIDTHS = (4, 2, 1) if VECTOR_BYTES == 64 else (2, 1)
HEIGHTS = (4, 2, 1)


def lanes_of(precision: str) -> int:
    """Return how many numbers of a precision one vector holds."""
    return VECTOR_BYTES // (4 if precision == "float32" else 8)


class Emitter:
    """Emits vector code of one precision with an LLVM builder.

    Parameters
    ----------
    builder : where the code goes.
    real : LLVM's type of one number.
    """

    def __init__(self, builder: Any, real: Any) -> None:
        self.builder = builder
        self.real = real
        self.lanes = VECTOR_BYTES // (4 if isinstance(real, ir.FloatType) else 8)
        self.vector = ir.VectorType(real, self.lanes)
        self.zero = ir.Constant(self.vector, [0.0] * self.lanes)

    def load(self, pointer: Any, index: Any, count: int | None = None) -> Any:
        """Load `count` numbers (default: a whole vector) from any place."""
        kind = self.vector if count is None else ir.VectorType(self.real, count)
        place = self.builder.bitcast(self.builder.gep(pointer, [index]), kind.as_pointer())
        loaded = self.builder.load(place)
        loaded.align = 4
        return loaded

    def store(self, value: Any, pointer: Any, index: Any) -> None:
        """Store a vector at any place."""
        place = self.builder.gep(pointer, [index])
        place = self.builder.bitcast(place, value.type.as_pointer())
        self.builder.store(value, place, align=4)

    def spread(self, number: Any) -> Any:
        """Return a vector that holds one number in each lane."""
        one = self.builder.insert_element(self.zero, number, ir.Constant(INDEX, 0))
        return self.shuffle(one, one, [0] * self.lanes)

    def shuffle(self, a: Any, b: Any, order: Sequence[int]) -> Any:
        """Return the numbers of a and b at these places, b's counted behind a's."""
        mask = ir.Constant(ir.VectorType(ir.IntType(32), len(order)), list(order))
        return self.builder.shuffle_vector(a, b, mask)

    def fma(self, a: Any, b: Any, c: Any) -> Any:
        """Return a·b + c, rounded once."""
        kind = self.vector
        name = f"llvm.fma.v{self.lanes}f{32 if isinstance(self.real, ir.FloatType) else 64}"
        function = cgutils.get_or_insert_function(
            self.builder.module, ir.FunctionType(kind, [kind] * 3), name
        )
        return self.builder.call(function, [a, b, c])

    def sums(self, vectors: Sequence[Any]) -> Any:
        """Return a vector of the sums over the lanes of 1, 2 or 4 vectors, in their order.

        Vectors are added in pairs, so that four sums cost hardly more than one.
        """
        found, unit = list(vectors), 1
        while len(found) > 1:
            found = [self._paired(a, b, unit) for a, b in zip(found[::2], found[1::2], strict=True)]
            unit *= 2
        (total,) = found
        size = self.lanes
        while size > len(vectors):
            size //= 2
            low = self.shuffle(total, total, range(size))
            high = self.shuffle(total, total, range(size, 2 * size))
            total = self.builder.fadd(low, high)
        return total

    def _paired(self, a: Any, b: Any, unit: int) -> Any:
        """Add the halves of a and of b; `unit` partial sums of each stand in turn."""
        turns = [
            base + turn + n
            for turn in range(0, self.lanes // 2, unit)
            for base in (0, self.lanes)
            for n in range(unit)
        ]
        low = self.shuffle(a, b, turns)
        high = self.shuffle(a, b, [n + self.lanes // 2 for n in turns])
        return self.builder.fadd(low, high)

    def accumulate(
        self, count: Any, start: Sequence[Any], body: Callable[[Any, Sequence[Any]], Sequence[Any]]
    ) -> Sequence[Any]:
        """Emit a loop over range(count) that carries values in registers; return the last ones."""
        builder = self.builder
        entry = builder.block
        head, done = builder.append_basic_block("loop"), builder.append_basic_block("done")
        zero = ir.Constant(INDEX, 0)
        builder.cbranch(builder.icmp_signed(">", count, zero), head, done)
        builder.position_at_end(head)
        index = builder.phi(INDEX)
        carried = [builder.phi(v.type) for v in start]
        new = body(index, carried)
        back = builder.block
        following = builder.add(index, ir.Constant(INDEX, 1))
        builder.cbranch(builder.icmp_signed("<", following, count), head, done)
        index.add_incoming(zero, entry)
        index.add_incoming(following, back)
        builder.position_at_end(done)
        results = []
        for phi, first, last in zip(carried, start, new, strict=True):
            phi.add_incoming(first, entry)
            phi.add_incoming(last, back)
            result = builder.phi(first.type)
            result.add_incoming(first, entry)
            result.add_incoming(last, back)
            results.append(result)
        return results

    @contextmanager
    def strides(self, counter: Any, limit: Any, stride: int) -> Iterator[Any]:
        """Emit `while counter + stride <= limit: body; counter += stride`; yields the counter."""
        builder = self.builder
        test, body, done = (builder.append_basic_block(n) for n in ("test", "body", "done"))
        width = ir.Constant(INDEX, stride)
        builder.branch(test)
        builder.position_at_end(test)
        now = builder.load(counter)
        builder.cbranch(builder.icmp_signed("<=", builder.add(now, width), limit), body, done)
        builder.position_at_end(body)
        yield now
        builder.store(builder.add(now, width), counter)
        builder.branch(test)
        builder.position_at_end(done)

    def counter(self) -> Any:
        """Return a place for a counter that starts at 0."""
        return cgutils.alloca_once_value(self.builder, ir.Constant(INDEX, 0))
