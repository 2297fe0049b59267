"""The one job service of this server process, shared by every visitor."""

import os
import threading
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from seqviz_core.training.jobs import JobService

_lock = threading.Lock()
_service: "JobService | None" = None


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


def close_job_service() -> None:
    """End the job service's worker processes, if it was ever started."""
    global _service
    with _lock:
        service, _service = _service, None
    if service is not None:
        service.close()
