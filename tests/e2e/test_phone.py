"""On the phone: told something, brought up to date, and with the right icons."""

import base64
import re
import runpy

import pytest
from django.conf import settings
from playwright.sync_api import expect

from reconnect import phone
from tests.e2e.conftest import PATIENCE
from tests.e2e.people import ON_A_PHONE, main, write
from tests.e2e.phone import CLAIMED, registration, under_control, until

pytestmark = [pytest.mark.browser, pytest.mark.once, pytest.mark.django_db(transaction=True)]
WORDS = "Kestrel over the orchard"


def test_the_first_page_is_taken_care_of_at_once(window, cast):
    """So that whoever has just signed in is told kindly of a connection that goes."""
    one = window(**ON_A_PHONE).sign_in(cast.alex)
    page = one.go("/notes/")
    page.evaluate(CLAIMED, PATIENCE)
    one.context.set_offline(True)
    page.reload()
    expect(page).to_have_title("No connection · Reconnect")


# What a press on a notification does. Browsers let a worker bring windows forward only then, and a test can't press.
PRESSED = """async (to) => {
  const did = [];
  WindowClient.prototype.focus = async function () { did.push(["focus", new URL(this.url).pathname]); };
  clients.openWindow = async (url) => { did.push(["open", url.replace(location.origin, "")]); };
  const event = new Event("notificationclick");
  event.notification = { data: to, close: () => did.push(["close"]) };
  const waited = [];
  event.waitUntil = (promise) => waited.push(promise);
  dispatchEvent(event);
  await Promise.all(waited);
  return did;
}"""


def test_a_press_on_a_notification_brings_an_open_page_forward_as_it_is(window, cast):
    one = window(**ON_A_PHONE).sign_in(cast.alex)
    page = under_control(one.go("/notes/new/"))
    write(page, "What Sam did", WORDS)
    (worker,) = one.context.service_workers
    assert worker.evaluate(PRESSED, "/dates/") == [["close"], ["focus", "/notes/new/"]]
    assert main(page).get_by_label("What Sam did").input_value() == WORDS
    other = one.watched(one.context.new_page())
    other.goto(one.server + "/dates/")
    assert worker.evaluate(PRESSED, "/dates/") == [["close"], ["focus", "/dates/"]]
    for open_page in (page, other):
        open_page.goto("about:blank")
    until(worker, "async () => !(await clients.matchAll({type: 'window', includeUncontrolled: true})).length")
    assert worker.evaluate(PRESSED, "/dates/") == [["close"], ["open", "/dates/"]]
    for foreign in ("https://example.org/", "//example.org/", "javascript:alert(1)", None, 7):
        ((_, *_), (did, path)) = worker.evaluate(PRESSED, foreign)
        assert did == "open"
        assert path.startswith("/")
        assert not path.startswith("//")
        assert "example" not in path


IN_CHARGE = """() => new Promise((done) => {
  const ask = () => serviceWorker.state === "activated" && done();
  serviceWorker.addEventListener("statechange", ask);
  ask();
})"""


def test_an_update_breaks_no_open_page(window, cast, monkeypatch):
    """A new worker waits until the pages of the old one are closed; then the old one's files go."""
    one = window(**ON_A_PHONE).sign_in(cast.alex)
    page = under_control(one.go("/notes/new/"))
    write(page, "What Sam did", WORDS)
    (old,) = page.evaluate("caches.keys()")
    monkeypatch.setattr(phone, "offline_page", lambda: "<title>Another</title>")
    page.evaluate("async () => (await navigator.serviceWorker.getRegistration()).update()")
    until(page, "async () => (await navigator.serviceWorker.getRegistration()).waiting")
    assert len(page.evaluate("caches.keys()")) == 2
    style = page.evaluate("document.querySelector('link[rel=stylesheet]').href")
    one.context.set_offline(True)
    assert page.evaluate("async (url) => (await fetch(url)).ok", style)
    one.context.set_offline(False)
    assert main(page).get_by_label("What Sam did").input_value() == WORDS
    newest = one.context.service_workers[-1]
    page.close()
    newest.evaluate(IN_CHARGE)
    page = one.page = one.watched(one.context.new_page())
    one.go("/notes/")
    until(page, "async () => (await caches.keys()).length === 1")
    (new,) = page.evaluate("caches.keys()")
    assert new != old


ICON = """async ([picture, drawing, size]) => {
  const pixels = async (src) => {
    const image = new Image();
    image.src = src;
    await image.decode();
    const canvas = Object.assign(document.createElement("canvas"), { width: size, height: size });
    const context = canvas.getContext("2d");
    context.drawImage(image, 0, 0, size, size);
    return [image.naturalWidth, context.getImageData(0, 0, size, size).data];
  };
  const [[width, one], [, other]] = [await pixels(picture), await pixels(drawing)];
  let off = 0, holes = 0, outside = 0;
  const paper = one.slice(0, 3);
  for (let at = 0; at < one.length; at += 4) {
    if ([0, 1, 2, 3].some((part) => Math.abs(one[at + part] - other[at + part]) > 40)) off += 1;
    if (one[at + 3] < 255) holes += 1;
    const x = (at / 4) % size, y = Math.floor(at / 4 / size);
    const far = Math.hypot(x + .5 - size / 2, y + .5 - size / 2) > size * .4;
    if (far && [0, 1, 2].some((part) => one[at + part] !== paper[part])) outside += 1;
  }
  return { width, off, holes: holes > 0, outside };
}"""


def test_icons_are_what_their_drawings_say(browser):
    """As ``.ci/icons.py`` drew them; what a phone may cut off a maskable one is only its ground."""
    folder = settings.BASE_DIR / "static" / "icons"
    pictures = runpy.run_path(str(settings.BASE_DIR / ".ci" / "icons.py"))["PICTURES"]
    assert {path.name for path in folder.glob("*.png")} == set(pictures)
    page = browser.new_page()
    for name, (drawing, size) in pictures.items():
        svg = (folder / drawing).read_text().replace("<svg ", f'<svg width="{size}" height="{size}" ', 1)
        addresses = [
            f"data:{kind};base64,{base64.b64encode(content).decode()}"
            for kind, content in (
                ("image/png", (folder / name).read_bytes()),
                ("image/svg+xml", svg.encode()),
            )
        ]
        found = page.evaluate(ICON, [*addresses, size])
        assert found["width"] == size > 10 * found["off"], name
        whole = drawing == "mask.svg"
        assert found["holes"] is not whole, name
        assert not (whole and found["outside"]), name
    page.close()


SHOWN = "async () => (await (await navigator.serviceWorker.ready).getNotifications())"
SHOWN += ".map(({title, body, tag, data, icon}) => ({title, body, tag, data, icon}))"


@pytest.mark.parametrize(
    ("payload", "title", "body", "data"),
    [
        (
            '{"title": "Reconnect", "body": "A date is tomorrow.", "url": "/dates/"}',
            "Reconnect",
            "A date is tomorrow.",
            "/dates/",
        ),
        ("", "Reconnect", "There is something for you in Reconnect.", "/"),
        ("{garbled", "Reconnect", "There is something for you in Reconnect.", "/"),
        ("null", "Reconnect", "There is something for you in Reconnect.", "/"),
        (
            '{"title": 7, "body": ["x"], "url": {}}',
            "Reconnect",
            "There is something for you in Reconnect.",
            "/",
        ),
        ('{"url": "https://example.org/x"}', "Reconnect", "There is something for you in Reconnect.", "/"),
        ('{"url": "//example.org/x"}', "Reconnect", "There is something for you in Reconnect.", "/"),
        ('{"url": "javascript:alert(1)"}', "Reconnect", "There is something for you in Reconnect.", "/"),
    ],
)
def test_a_push_shows_neutral_words(window, cast, payload, title, body, data):
    one = window(**ON_A_PHONE).sign_in(cast.alex)
    one.context.grant_permissions(["notifications"], origin=one.server)
    page = under_control(one.go("/notes/"))
    tools = one.context.new_cdp_session(page)
    told = {"origin": one.server, "registrationId": registration(tools), "data": payload}
    for _ in range(2):
        tools.send("ServiceWorker.deliverPushMessage", told)
    until(page, f"async () => (await ({SHOWN})()).length")
    (shown,) = page.evaluate(SHOWN)
    assert re.search(r"/static/icons/icon-192\.\w+\.png$", shown.pop("icon"))
    assert shown == {"title": title, "body": body, "tag": "reconnect", "data": data}
