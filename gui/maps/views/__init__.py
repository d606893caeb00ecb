"""Pages of the centre, and what stands beside them."""
