"""What is kept of the steps that share one pixel column: a group, one row of numbers.

Apart from `engine.drawing.curves`, because importing that compiles its kernels. No Numba.
"""

#: Columns of a group: step and value of the first, lowest, highest and last finite point, and
#: whether something that is not finite stands before it.
FIRST, LOWEST, HIGHEST, LAST, GAP = 0, 2, 4, 6, 8
GROUP_SIZE = 9
