"""PostgreSQL without an installation: the binaries of a wheel under our own small supervisor.

Use it by `membership.join`. Who keeps the server alive is decided by kernel locks, so that
`kill -9` of anybody is harmless:

* every process that uses the server holds a shared lock on `users.lock`;
* one keeper process (`keeper.py`) holds `keeper.lock`, runs PostgreSQL as its child, and stops it
  when it can take `users.lock` for itself, that is, when the last user is gone, however it went.

Whoever comes first starts the keeper; everybody else finds it and connects.
"""
