"""Figures by day: counted once by the clock, summed by the dashboard."""
