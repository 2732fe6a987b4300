"""The control API, `/sandbox/…`: for tests, the demo and the pages; this machine only."""
