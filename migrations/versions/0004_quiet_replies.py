"""Jobs that read replies are not announced.

PostgreSQL commits transactions that NOTIFY one after the other, each waiting for the disk: webhooks
would be stored one at a time instead of many together. Workers ask for these jobs twice a second
instead (`bot.app.worker.ASK_EVERY`).
"""

from alembic import op

revision = "0004"
down_revision = "0003"

# The library's own trigger (procrastinate/sql/schema.sql) with the queue's name as a condition.
TRIGGER = "procrastinate_jobs_notify_queue_job_inserted_v1"


def upgrade() -> None:
    op.execute(f"DROP TRIGGER {TRIGGER} ON procrastinate_jobs")
    op.execute(
        f"CREATE TRIGGER {TRIGGER} AFTER INSERT ON procrastinate_jobs FOR EACH ROW "
        "WHEN (new.status = 'todo' AND new.queue_name <> 'replies') "
        "EXECUTE FUNCTION procrastinate_notify_queue_job_inserted_v1()"
    )
