"""A document on its way through a call: one step after the other."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from urllib.parse import urljoin

from sandbox.voice.twiml.document import Document, Verb


@dataclass(frozen=True)
class Step:
    """One verb to execute; `gather` is the Gather that a prompt belongs to."""

    verb: Verb
    gather: Verb | None = None


@dataclass
class Script:
    """Steps of one document. `url` resolves what is relative in it.

    `purpose`: `call`, `whisper` (before a dialled party is connected) or `wait` (in a queue).
    """

    url: str
    method: str = "POST"
    purpose: str = "call"
    steps: list[Step] = field(default_factory=list)
    index: int = 0

    @property
    def over(self) -> bool:
        """Nothing left to execute."""
        return self.index >= len(self.steps)

    def take(self) -> Step:
        """The next step."""
        self.index += 1
        return self.steps[self.index - 1]

    def skip_to(self, gather: Verb) -> None:
        """Leave out the prompts before `gather`, a caller who presses a key has heard enough."""
        while self.steps[self.index].verb is not gather:
            self.index += 1

    def absolute(self, url: str) -> str:
        """`url` as seen from this document; an empty one is the document itself."""
        return urljoin(self.url, url) if url else self.url


def script_of(document: Document, url: str, method: str, purpose: str = "call") -> Script:
    """The steps of a document, a Gather's prompts before the Gather."""
    return Script(url, method, purpose, list(_steps(document.verbs)))


def _steps(verbs: tuple[Verb, ...]) -> Iterator[Step]:
    for verb in verbs:
        if verb.name == "Gather":
            yield from (Step(prompt, verb) for prompt in verb.children)
        yield Step(verb)
