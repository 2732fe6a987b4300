"""What a debtor's reply means. `understand` is a pure function of text, context and lexicon.

`bot.policy.lexicon.understand(text, context)` is the same with the product's own lexicon.
"""

from bot.domain.understanding.engine import understand
from bot.domain.understanding.lexicon import Lexicon
from bot.domain.understanding.values import (
    ENGINE,
    Context,
    Intent,
    Span,
    Understanding,
    When,
    Window,
)

__all__ = [
    "ENGINE",
    "Context",
    "Intent",
    "Lexicon",
    "Span",
    "Understanding",
    "When",
    "Window",
    "understand",
]
