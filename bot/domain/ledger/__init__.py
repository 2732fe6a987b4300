"""Ledger rows: finding the columns, reading the cells, deciding what a row changes."""
