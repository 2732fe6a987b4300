"""How long a log-in waits after failures: the more of them, the longer."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta


@dataclass(frozen=True, slots=True)
class Lockout:
    """`free` failures cost nothing; from the next on the wait begins at `first` and doubles.

    Failures are forgotten after `memory` without another one.
    """

    free: int
    first: timedelta
    longest: timedelta
    memory: timedelta

    def wait(self, failures: int) -> timedelta:
        """After so many failures in a row; nothing while they are free."""
        if failures <= self.free:
            return timedelta(0)
        doublings = min(failures - self.free - 1, 30)
        return min(self.first * (1 << doublings), self.longest)


#: Product choices. NIST SP 800-63B-4 3.2.2 asks for a limit of at most 100 failures in a row;
#: with these waits a hundred take days. The longest is short enough that nobody is kept from
#: work for a day by somebody else's tries.
OF_ACCOUNT = Lockout(4, timedelta(minutes=1), timedelta(hours=1), timedelta(hours=24))

#: Many colleagues may share one address.
OF_ADDRESS = Lockout(19, timedelta(seconds=30), timedelta(minutes=30), timedelta(hours=1))
