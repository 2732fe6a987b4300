"""A desk per test."""

from desk_fixtures import desk, sandbox_process

__all__ = ["desk", "sandbox_process"]
