"""How well replies are understood, in counts, by the primary intent the engine read."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from psycopg import Connection

# A human was needed when reading the reply handed the case over (both bear the same instant), or
# when the case was in human hands already.
_COUNTS = """
WITH read AS (
    SELECT r.id, r.case_id, r.handled_at, coalesce(r.understanding -> 'intents' ->> 0, '') AS intent,
           (SELECT k."after" -> 'intents' ->> 0 FROM correction k WHERE k.reply_id = r.id
              AND EXISTS (SELECT FROM jsonb_each(k."after") said
                          WHERE said.value <> coalesce(r.understanding -> said.key, 'null'))
              AND NOT EXISTS (SELECT FROM correction n WHERE n.reply_id = r.id AND n.id > k.id)
           ) AS meant
    FROM reply r JOIN cases c ON c.id = r.case_id JOIN portfolio p ON p.id = c.portfolio_id
    WHERE r.state = 'handled' AND p.livemode = %(livemode)s
      AND r.received_at >= %(since)s
      AND (%(scope)s::bigint[] IS NULL OR c.portfolio_id = ANY(%(scope)s))
)
SELECT intent, count(*),
       count(*) FILTER (WHERE NOT EXISTS (SELECT FROM case_event e
           WHERE e.case_id = read.case_id AND e.event = 'handed_off' AND e.at = read.handled_at)
         AND coalesce((SELECT e.state_after FROM case_event e
           WHERE e.case_id = read.case_id AND e.at < read.handled_at
           ORDER BY e.seq DESC LIMIT 1), '') <> 'handed_off'),
       count(meant), mode() WITHIN GROUP (ORDER BY meant)
FROM read GROUP BY intent ORDER BY 2 DESC, intent
"""


@dataclass(frozen=True, slots=True)
class IntentCount:
    """Replies whose primary intent the engine read as `intent`.

    alone: acted on without a human. corrected: a correction that says something else stands.
    meant: the primary intent collectors named most for the corrected ones.
    """

    intent: str
    replies: int
    alone: int
    corrected: int
    meant: str | None


def count_readings(
    connection: Connection[Any],
    *,
    livemode: bool,
    since: datetime,
    scope: list[int] | None = None,
) -> list[IntentCount]:
    """By intent, most frequent first, of replies received since then.

    Only replies of known debtors that have been read count; of the portfolios in `scope`, if any.
    """
    values = {"livemode": livemode, "since": since, "scope": scope}
    return [IntentCount(*row) for row in connection.execute(_COUNTS, values).fetchall()]
