"""What flows need from the outside, one file per concern. Adapters implement these."""
