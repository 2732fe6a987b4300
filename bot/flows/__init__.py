"""One use case per file. Flows decide through `bot.domain` and act through `bot.flows.ports`."""
