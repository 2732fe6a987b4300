"""Webhooks on their way out: when they are due, how they are signed and posted."""
