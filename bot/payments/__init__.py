"""Payment links and payment providers behind `bot.flows.ports.paying`."""
