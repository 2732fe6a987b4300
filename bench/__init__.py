"""Benchmarks: each measures one promise of the documentation; nothing in bot/ imports them."""
