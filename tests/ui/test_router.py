"""The router as a worker process meets it (the pages themselves are in tests/app and tests/e2e)."""

import runpy
import subprocess
import sys
from pathlib import Path

ROUTER = Path(__file__).resolve().parents[2] / "seqviz_core" / "ui" / "router.py"


def test_a_worker_process_does_not_run_the_page() -> None:
    """Streamlit makes the router the server's __main__, and a process that multiprocessing spawns runs that again."""
    code = f"import runpy, sys; runpy.run_path({str(ROUTER)!r}, run_name='__mp_main__'); print('streamlit' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert done.stdout.strip() == "False", done.stderr


def test_every_page_file_has_an_entry() -> None:
    source = ROUTER.read_text()
    pages = [path.stem for path in (ROUTER.parents[2] / "pages").glob("*.py")]
    assert pages and all(f'page("{name}"' in source for name in pages)
    assert callable(runpy.run_path(str(ROUTER))["route"])
