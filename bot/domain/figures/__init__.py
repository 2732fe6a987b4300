"""The desk's figures by the field's definitions: pure functions over counts, one file per metric."""
