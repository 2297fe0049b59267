"""Launcher: `streamlit run app.py`. The script that every visitor runs is seqviz_core/ui/router.py.

The router stands in another folder because a main script beside a folder named pages/ switches Streamlit to its old
page discovery, which breaks the first deep link to a fresh server.
"""

import asyncio
import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import streamlit as st
from starlette.requests import Request
from starlette.responses import RedirectResponse
from starlette.routing import Route


def warm_up(stopping: threading.Event) -> None:
    """Load what every page needs, then start the job service, unless the server is already stopping."""
    from seqviz_core.ui.preload import preload
    from seqviz_core.ui.services import job_service

    preload()
    if not stopping.is_set():
        job_service()


def shut_down(stopping: threading.Event, warming: threading.Thread) -> None:
    """Wait for the warm-up (torch does not survive being killed while it loads), then end the workers."""
    from seqviz_core.ui.services import close_job_service

    stopping.set()
    warming.join()
    close_job_service()


@asynccontextmanager
async def lifespan(_app: st.App) -> AsyncIterator[dict[str, bool]]:
    """Warm up beside the first visitor, who is not made to wait; leave no process behind."""
    stopping = threading.Event()
    warming = threading.Thread(target=warm_up, args=(stopping,), name="warm-up")
    warming.start()
    yield {}
    await asyncio.to_thread(shut_down, stopping, warming)


def explore(request: Request) -> RedirectResponse:
    """Send /explore to the landing page, which Streamlit serves at / only."""
    return RedirectResponse(request.url.replace(path="/"))


ROUTER = Path(__file__).resolve().parent / "seqviz_core" / "ui" / "router.py"
app = st.App(ROUTER, lifespan=lifespan, routes=[Route("/explore", explore)])
