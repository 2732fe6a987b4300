"""Pure decisions: no I/O, no clock, no database. Time, ids and facts come in as arguments."""
