"""The pictures of docs/img: `python -m benchmarks.pictures`, every page in light and dark, on a desk and a phone.

The demo is simulated and stands at a seeded clock, so that the same version draws the same pictures.
"""

import sys
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

from playwright.sync_api import Page, sync_playwright

from benchmarks.dashboards import CONTENT, NOW, PATIENCE, chromium, click, demo_home, run, served

IMAGES = Path(__file__).parents[1] / "docs" / "img"
SIZES = {"": {"width": 1280, "height": 860}, "-phone": {"width": 390, "height": 844}}
WHOLE = ("#ageing", "#cycle-times")  # parts of the milestone's page that have pictures of their own
NAMES = {"overview": "portfolio"}


def main(images: Path) -> None:
    """Write the pictures."""
    images.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory() as folder, sync_playwright() as playwright:
        home = demo_home(Path(folder))
        run(home, "analyze", "--past-days", "14")
        run(home, "analyze")
        for days in (7, 0):
            run(home, "report", "--as-of", f"{NOW - timedelta(days=days):%Y-%m-%dT%H:%MZ}")
        browser = playwright.chromium.launch(executable_path=chromium(), args=["--no-sandbox", "--disable-gpu"])
        with served(home) as (_, url):
            for size, viewport in SIZES.items():
                page = browser.new_context(viewport=viewport).new_page()
                page.goto(f"{url}overview.ipynb", wait_until="commit", timeout=PATIENCE)
                page.wait_for_selector("#live[data-state=live]", timeout=PATIENCE)
                for name in CONTENT:
                    click(page, name)
                    _draw(page, images, name, size)
                page.close(run_before_unload=True)
        page = browser.new_context(viewport=SIZES[""]).new_page()
        page.goto(max(home.glob("papermill_runs/**/*.html")).as_uri())
        page.screenshot(path=images / "report.png")
        browser.close()


def _draw(page: Page, images: Path, name: str, size: str) -> None:
    """One page in both themes."""
    if name == "health":
        page.wait_for_selector("ol.checks", timeout=PATIENCE)
    for chart in page.locator("[data-chart]").all():
        chart.locator("svg").first.wait_for(timeout=PATIENCE)
    for theme in ("light", "dark"):
        page.emulate_media(color_scheme=theme)
        page.wait_for_timeout(300)
        end = f"{size}{'-dark' if theme == 'dark' else ''}.png"
        page.screenshot(path=images / f"{NAMES.get(name, name)}{end}")
        for part in WHOLE if name == "milestone" else ():
            page.locator(part).screenshot(path=images / f"{part.removeprefix('#')}{end}")
            page.evaluate("scrollTo(0, 0)")


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else IMAGES)
