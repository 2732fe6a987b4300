"""A whole desk for the tests of this folder."""

from desk_fixtures import desk, sandbox_process

__all__ = ["desk", "sandbox_process"]
