"""Where several processes add their figures up; apart from `metrics`, which must come later."""

import shutil
from collections.abc import MutableMapping
from pathlib import Path

FOLDER_VARIABLE = "PROMETHEUS_MULTIPROC_DIR"  # prometheus_client reads it when it is imported


def share_between_processes(environ: MutableMapping[str, str], folder: Path) -> None:
    """Make processes with this environment add their figures up in `folder`, emptied first."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    environ[FOLDER_VARIABLE] = str(folder.absolute())
