"""The harness itself: it must see a broken page."""

from pathlib import Path

from playwright.sync_api import Browser

from scripts.local_app import serve, wait_idle

BROKEN = Path(__file__).with_name("broken_app.py")


def test_a_broken_page_is_seen_and_logged_whole(browser: Browser, tmp_path: Path, watch_over) -> None:
    with serve(tmp_path, app=BROKEN) as server:
        watch = watch_over(browser.new_page())
        watch.page.goto(server.url)
        wait_idle(watch.page)
        problems = "\n".join(watch.problems())
        watch.page.close()
    assert "exception shown" in problems
    assert "deliberate console error" in problems
    assert "asked for http://198.51.100.1/outside.png" in problems
    assert "deliberately broken" not in problems  # the visitor is not shown the details
    assert "RuntimeError: deliberately broken" in server.log.read_text()  # the log has them
