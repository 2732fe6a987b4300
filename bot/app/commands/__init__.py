"""Commands of `yuehuan`, one group per file; see `bot.app.cli` for how a group is added."""
