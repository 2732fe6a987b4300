"""The collectors' pages: plain reads, and writes only through flows."""
