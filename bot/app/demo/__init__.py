"""The demo: the whole product on the sandbox carrier with the sample ledgers."""
