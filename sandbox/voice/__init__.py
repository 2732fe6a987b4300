"""Calls: taken over REST or dialled from a handset, they run the TwiML our webhooks answer."""
