"""All messages, in memory: by id, by number, by conversation. One lock guards them."""

import threading
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field

from sandbox.sms.message import Message


@dataclass(slots=True)
class Conversation:
    """What one handset and one of our numbers wrote to each other; `unread` counts our messages."""

    debtor: str
    sender: str
    messages: list[Message] = field(default_factory=list)
    unread: int = 0
    rev: int = 0


class Book:
    """Take `lock` for every reading or change that spans more than one call."""

    def __init__(self) -> None:
        self.lock = threading.RLock()
        self.clear()

    def clear(self) -> None:
        """Forget everything."""
        with self.lock:
            self.messages: list[Message] = []
            self.by_sid: dict[str, Message] = {}
            self.by_number: dict[str, list[Message]] = defaultdict(list)
            self.conversations: dict[tuple[str, str], Conversation] = {}
            self.unsubscribed: set[tuple[str, str]] = set()
            self.changed: dict[str, int] = {}
            self.rev = 0

    def next_seq(self) -> int:
        """The number of the next message (they count from 1)."""
        return len(self.messages) + 1

    def add(self, message: Message) -> None:
        """Keep a new message."""
        with self.lock:
            self.messages.append(message)
            self.by_sid[message.sid] = message
            self.by_number[message.debtor].append(message)
            talk = self.conversation(message.debtor, message.our_number)
            talk.messages.append(message)
            talk.unread = 0 if message.inbound else talk.unread + 1  # who answers has read
            self.touch(message, message.rev)

    def conversation(self, debtor: str, sender: str) -> Conversation:
        """The conversation of a pair of numbers, begun if need be."""
        key = (debtor, sender)
        if key not in self.conversations:
            self.conversations[key] = Conversation(debtor, sender)
        return self.conversations[key]

    def touch(self, message: Message, rev: int) -> None:
        """Remember that a message changed at log entry `rev`; one from before a reset is not."""
        with self.lock:
            if self.by_sid.get(message.sid) is not message:
                return
            message.rev = rev
            talk = self.conversation(message.debtor, message.our_number)
            talk.rev = max(talk.rev, rev)
            self.changed.pop(message.sid, None)
            self.changed[message.sid] = rev
            self.rev = max(self.rev, rev)

    def never_arrived(self, message: Message) -> None:
        """What did not reach the handset cannot be unread on it."""
        talk = self.conversation(message.debtor, message.our_number)
        talk.unread = max(0, talk.unread - 1)

    def mark_read(self, talk: Conversation, rev: int) -> None:
        """Its messages have been looked at on the handset."""
        with self.lock:
            talk.unread = 0
            talk.rev = rev
            self.rev = max(self.rev, rev)

    def after(self, seq: int, limit: int) -> list[Message]:
        """Messages numbered above `seq`, oldest first."""
        return self.messages[seq : seq + limit]

    def changed_after(self, rev: int, limit: int) -> list[Message]:
        """Messages created or changed after log entry `rev`, in the order of their change."""
        with self.lock:
            found = []
            for sid in reversed(self.changed):
                if self.changed[sid] <= rev:
                    break
                found.append(self.by_sid[sid])
        return found[::-1][:limit]

    def newest_first(self, number: str | None = None) -> Iterator[Message]:
        """All messages, or those with one handset, from the newest back."""
        with self.lock:
            source = self.messages if number is None else self.by_number.get(number, [])
            kept = source[::-1]
        return iter(kept)
