"""The desk in figures: what was done, what it cost, what came of it."""
