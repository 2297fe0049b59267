"""The one job service and the one work service of this server process, shared by every visitor."""

import os
import threading
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from seqviz_core.training.jobs import JobService
    from seqviz_core.training.work_service import WorkService

_lock = threading.RLock()
_service: "JobService | None" = None
_works: "WorkService | None" = None


def job_service() -> "JobService":
    """Return the started job service; whoever asks first starts it (about a second), the others wait for that."""
    global _service
    with _lock:
        if _service is None:
            from seqviz_core.training.jobs import JobService
            from seqviz_core.training.runs import default_store

            service = JobService(default_store(), scheduler=os.environ.get("SEQVIZ_SCHEDULER"))
            service.start()
            _service = service
        return _service


def work_service() -> "WorkService":
    """Return the work service, in the workers of the job service."""
    global _works
    with _lock:
        if _works is None:
            from seqviz_core.training.work_service import WorkService

            works = WorkService(job_service())
            works.start()
            _works = works
        return _works


def close_job_service() -> None:
    """End all work and the job service's worker processes, if they were ever started."""
    global _service, _works
    with _lock:
        works, service, _works, _service = _works, _service, None, None
    if works is not None:
        works.close()
    if service is not None:
        service.close()
