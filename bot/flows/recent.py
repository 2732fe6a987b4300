"""What a process keeps in mind for speed alone: the newest, the oldest forgotten first."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass, field
from threading import Lock
from typing import Generic, TypeVar

Name = TypeVar("Name")
Value = TypeVar("Value")


@dataclass
class Recent(Generic[Name, Value]):
    """At most `most` values by name, for any number of threads."""

    most: int
    _kept: OrderedDict[Name, Value] = field(default_factory=OrderedDict)
    _lock: Lock = field(default_factory=Lock)

    def get(self, name: Name) -> Value | None:
        """The value, or None where it is not known or forgotten."""
        with self._lock:
            return self._kept.get(name)

    def keep(self, name: Name, value: Value) -> None:
        """It is the newest from now on."""
        with self._lock:
            self._kept[name] = value
            self._kept.move_to_end(name)
            while len(self._kept) > self.most:
                self._kept.popitem(last=False)

    def forget(self, name: Name) -> None:
        """Forgets what is known of it, if anything is."""
        with self._lock:
            self._kept.pop(name, None)
