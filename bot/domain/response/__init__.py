"""What a reply sets in motion: `respond` decides, the values say what."""

from bot.domain.response.rules import respond
from bot.domain.response.values import Answer, Asked, Response, Situation

__all__ = ["Answer", "Asked", "Response", "Situation", "respond"]
