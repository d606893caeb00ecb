"""Maps: what becomes of thousands of runs over a range of settings, and where the border is."""
