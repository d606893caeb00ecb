"""What `engine.drawing.pixel_paths` tells `engine.drawing.paths` about each kept point.

Apart from both, because importing either compiles its kernels. No Numba.
"""

#: Bits of a kept point's mark: a line leads here from the point before; a wide step ends here.
PEN_DOWN, DOT = 1, 2
#: Steps at least this wide get a dot, and repeated chords at least this long are kept once; pixels.
WIDE_PX = 8.0
