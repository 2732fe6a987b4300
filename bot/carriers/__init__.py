"""Carriers behind `bot.flows.ports.carrier`; each maps its own words to ours at the edge."""
