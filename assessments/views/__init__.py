"""Pages of tests, placements and the score tables."""
