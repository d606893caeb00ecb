"""Where a data-driven surface's kernels find what in the landscape's block of numbers."""

from __future__ import annotations

#: Number of rows; size of a mini-batch (0: full batch); batches in an epoch; batches stored, after
#: which the order repeats; where features, targets and the rows' order start (indices into the
#: block); 1 for the mean over rows, 0 for their sum; where the kernel's own numbers start.
ROWS, BATCH, PER_EPOCH, STORED, FEATURES, TARGETS, ORDER, MEAN, MODEL = range(9)
