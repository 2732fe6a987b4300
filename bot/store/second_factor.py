"""Second factors and recovery codes, in SQL."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from bot.store.oversight import OversightRows


class FactorRows(OversightRows):
    """Implements `bot.flows.second_factor.FactorStore`."""

    def factor(self, collector_id: int) -> tuple[str, bool] | None:
        """The secret, and whether it is in use; the person's row locked."""
        row = self._connection.execute(
            "SELECT totp_sealed, totp_on FROM collector "
            "WHERE id = %s AND totp_sealed IS NOT NULL FOR UPDATE",
            [collector_id],
        ).fetchone()
        return (self._seal.open(row[0]), row[1]) if row else None

    def set_factor(self, collector_id: int, secret: str, *, on: bool) -> None:
        """A secret, in use or still to be confirmed."""
        self._connection.execute(
            "UPDATE collector SET totp_sealed = %s, totp_on = %s WHERE id = %s",
            [self._seal.seal(secret), on, collector_id],
        )

    def clear_factor(self, collector_id: int) -> None:
        """No second factor, and no recovery codes."""
        self._connection.execute(
            "UPDATE collector SET totp_sealed = NULL, totp_on = false WHERE id = %s",
            [collector_id],
        )
        self.set_recovery(collector_id, ())

    def use_step(self, collector_id: int, step: int) -> bool:
        """Compare and set: no step works twice, and none before one that was used."""
        return bool(
            self._connection.execute(
                "UPDATE collector SET totp_last = %s WHERE id = %s AND totp_last < %s",
                [step, collector_id, step],
            ).rowcount
        )

    def set_recovery(self, collector_id: int, codes: Sequence[str]) -> None:
        """These, and none of the earlier ones."""
        self._connection.execute(
            "DELETE FROM recovery_code WHERE collector_id = %s", [collector_id]
        )
        self._connection.execute(
            "INSERT INTO recovery_code (collector_id, code_hash) SELECT %s, unnest(%s::bytea[])",
            [collector_id, [self._hash(collector_id, code) for code in codes]],
        )

    def use_recovery(self, collector_id: int, code: str, *, at: datetime) -> bool:
        """Take the code; False when it is unknown or used."""
        return bool(
            self._connection.execute(
                "UPDATE recovery_code SET used_at = %s "
                "WHERE collector_id = %s AND code_hash = %s AND used_at IS NULL",
                [at, collector_id, self._hash(collector_id, code)],
            ).rowcount
        )

    def recovery_left(self, collector_id: int) -> int:
        """Recovery codes that are not used."""
        row = self._connection.execute(
            "SELECT count(*) FROM recovery_code WHERE collector_id = %s AND used_at IS NULL",
            [collector_id],
        ).fetchone()
        assert row is not None
        return int(row[0])

    def _hash(self, collector_id: int, code: str) -> bytes:
        return self._seal.index(f"recovery {collector_id} {code}")
