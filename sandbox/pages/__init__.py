"""Pages for people: the handset, the log, and the checkout's looks."""
