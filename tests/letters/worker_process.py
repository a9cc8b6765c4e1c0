"""Run as a process of its own by test_runs: works a run with the tests' source of facts, until done or killed.

python -m tests.letters.worker_process RUN LEASE_SECONDS
"""

from __future__ import annotations

import sys
import uuid
from datetime import timedelta


def main(run_id: str, lease: str) -> None:
    import django

    django.setup()
    from notifications import kinds
    from notifications.actions import runs, working
    from tests.letters.sources import SampleSource

    kinds.register._builders["annual"] = SampleSource("annual")
    working.LEASE = timedelta(seconds=float(lease))
    runs.work_run(uuid.UUID(run_id))


if __name__ == "__main__":
    main(*sys.argv[1:])
