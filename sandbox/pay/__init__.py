"""The sandbox payment provider: hosted checkouts, signed notifications, refunds."""
