"""Pictures of every page: the demo's alex on a phone and sam on a laptop, light and dark. ``make shots``."""

import os
import runpy
import shutil
import subprocess
import sys
import tempfile
import urllib.request
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PORT = os.environ.get("PORT") or "8765"
SERVER = f"http://localhost:{PORT}"
WHO = {"alex": ("phone", {"width": 390, "height": 844}), "sam": ("laptop", {"width": 1280, "height": 800})}


@contextmanager
def serving():
    """The app with a fresh demo, until the pictures are taken."""
    with tempfile.TemporaryDirectory(prefix="reconnect-shots-") as data:
        os.environ["DATA"] = data
        command = [sys.executable, str(ROOT / "manage.py"), "serve", "--demo", "--port", PORT]
        process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        for line in process.stdout or ():
            if SERVER in line:
                break
        else:
            raise SystemExit("The server didn't start.")
        try:
            yield
        finally:
            process.terminate()
            process.wait()


def sign_in(page, name):
    """Through the sign-in page, as people do."""
    page.goto(f"{SERVER}/accounts/login/")
    page.locator("input[name=login]").fill(f"{name}@example.org")
    page.locator("input[name=password]").fill("reconnect-demo")
    page.locator("input[name=password]").press("Enter")
    page.wait_for_url(f"{SERVER}/")


def shoot(browser, folder, name, pages):
    """Every page in both schemes at this person's size."""
    kind, size = WHO[name]
    for scheme in ("light", "dark"):
        context = browser.new_context(
            viewport=size,
            color_scheme=scheme,
            locale="en-GB",
            timezone_id="Europe/London",
            # Or the answers of a reveal are caught while they turn.
            reduced_motion="reduce",
        )
        page = context.new_page()
        for label, path in pages["public"].items():
            page.goto(SERVER + path)
            page.screenshot(path=folder / f"{label}-{kind}-{scheme}.png", full_page=True)
        sign_in(page, name)
        for label, path in pages[name].items():
            page.goto(SERVER + path)
            page.screenshot(path=folder / f"{label}-{kind}-{scheme}.png", full_page=True)
        context.close()


def main():
    """Take them all."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "reconnect.settings")
    folder = ROOT / "shots"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    with serving():
        import django

        django.setup()
        urllib.request.urlopen(f"{SERVER}/healthz").read()
        from playwright.sync_api import sync_playwright

        from couples.core.couple import member_for
        from couples.core.people import Person
        from tests import pages
        from tests.e2e.conftest import ARGUMENTS

        found = {"public": pages.PUBLIC}
        for name in WHO:
            member = member_for(Person.objects.get(email=f"{name}@example.org"))
            found[name] = {**pages.PLAIN, **pages.things(member)}
        chromium = runpy.run_path(str(ROOT / ".ci" / "chromium.py"))["find"]()
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=chromium, args=ARGUMENTS)
            for name in WHO:
                shoot(browser, folder, name, found)
            browser.close()
    print(f"{len(list(folder.iterdir()))} pictures are in shots/.")  # noqa: T201


if __name__ == "__main__":
    main()
