"""Calls as data: read, walked and checked, then handed to the engine of `bot.domain.call`."""

from bot.scripts.calls.context import context_of, lobby_of
from bot.scripts.calls.library import CallLibrary, load_calls, spoken_in_locale

__all__ = ["CallLibrary", "context_of", "load_calls", "lobby_of", "spoken_in_locale"]
