"""A call with a debtor as a pure conversation, one turn per input. The contract is in `values`."""
