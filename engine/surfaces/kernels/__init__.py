"""Compiled kernels of the surfaces that no formula can express: sums over data, recurrences."""
