"""Draw ``static/icons/*.png`` out of the two drawings beside them, by the browser of the tests.

``icon.svg`` has round corners and nothing around them; ``mask.svg`` fills its square and keeps the circles within the
part that every phone's mask leaves (a circle of 80 %). A test compares the pictures with the drawings.
"""

import runpy
import sys
from pathlib import Path

from playwright.sync_api import sync_playwright

ICONS = Path("static/icons")
PICTURES = {
    "icon-192.png": ("icon.svg", 192),
    "icon-512.png": ("icon.svg", 512),
    "mask-192.png": ("mask.svg", 192),
    "mask-512.png": ("mask.svg", 512),
    # iOS cuts the corners itself, and shows black where a picture has holes.
    "icon-180.png": ("mask.svg", 180),
}


def main() -> None:
    """Draw them all."""
    chromium = runpy.run_path(str(Path(__file__).with_name("chromium.py")))["find"]()
    if not chromium:
        sys.exit("This needs Chromium: python .ci/chromium.py installs it or says how.")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        for name, (drawing, size) in PICTURES.items():
            page = browser.new_page(viewport={"width": size, "height": size})
            svg = (ICONS / drawing).read_text().replace("<svg ", f'<svg width="{size}" height="{size}" ', 1)
            page.set_content(f"<style>body {{ margin: 0 }} svg {{ display: block }}</style>{svg}")
            page.screenshot(path=ICONS / name, omit_background=True)
            page.close()
        browser.close()


if __name__ == "__main__":
    main()
