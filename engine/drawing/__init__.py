"""Pictures as arrays: contours, paths, curves. Knows numbers and pixels, never Qt."""
