"""Versions of the database's schema, oldest first (Alembic)."""
