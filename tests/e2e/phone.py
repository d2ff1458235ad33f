"""What a browser holds of the app: its worker, its caches and every other store, read whole."""

import time
from typing import Any

from django.test import Client
from playwright.sync_api import BrowserContext, Page, Worker

from tests.e2e.conftest import PATIENCE

# Whatever it waits for, it doesn't wait for ever.
WAITED = """(what, patience) => Promise.race([what, new Promise((_, no) => setTimeout(no, patience, new Error("in vain")))])"""
ACTIVE = f"""async (patience) => {{
  const waited = {WAITED};
  const {{ active }} = await waited(navigator.serviceWorker.ready, patience);
  if (active.state !== "activated")
    await waited(new Promise((done) => active.addEventListener("statechange", done)), patience);
}}"""
CLAIMED = f"""async (patience) => {{
  const waited = {WAITED};
  if (!navigator.serviceWorker.controller)
    await waited(new Promise((done) => navigator.serviceWorker.addEventListener("controllerchange", done)), patience);
}}"""
# Each entry of each cache: its address, its type, and what stands in it.
CACHED = """async () => {
  const found = [];
  for (const name of await caches.keys()) {
    const cache = await caches.open(name);
    for (const request of await cache.keys()) {
      const answer = await cache.match(request);
      found.push([name, request.method, request.url, answer.type, await answer.text()]);
    }
  }
  return found;
}"""
STORES = """async () => ({
  caches: await caches.keys(),
  local: {...localStorage},
  session: {...sessionStorage},
  databases: await indexedDB.databases(),
  workers: (await navigator.serviceWorker.getRegistrations()).map((one) => one.scope),
  files: await Array.fromAsync((await navigator.storage.getDirectory()).keys()),
  pushed: await Promise.all((await navigator.serviceWorker.getRegistrations()).map(async (one) => [
    await one.pushManager.getSubscription(), ...(await one.getNotifications()),
  ])),
  cookies: document.cookie,
  history: history.state,
})"""
EMPTY: dict[str, Any] = {
    "caches": [],
    "local": {},
    "session": {},
    "databases": [],
    "workers": [],
    "files": [],
    "pushed": [],
    "cookies": "",
    "history": None,
}


def under_control(page: Page) -> Page:
    """Wait for the worker; a page that was on its way while it began comes under its control with the next."""
    page.evaluate(ACTIVE, PATIENCE)
    if not page.evaluate("Boolean(navigator.serviceWorker.controller)"):
        page.reload()
    assert page.evaluate("Boolean(navigator.serviceWorker.controller)")
    return page


def until(page: Page | Worker, condition: str) -> None:
    """Wait until what an async function of the page answers is true: Playwright's own waiting takes any promise for true."""
    page.evaluate(f"""async () => {{
      const end = Date.now() + {PATIENCE};
      while (!(await ({condition})())) {{
        if (Date.now() > end) throw new Error("waited in vain");
        await new Promise((done) => setTimeout(done, 20));
      }}
    }}""")


def cached(page: Page) -> list[tuple[str, str]]:
    """Path and text of each thing in any cache."""
    found = []
    for _, method, url, kind, text in page.evaluate(CACHED):
        assert (method, kind) == ("GET", "basic"), url
        found.append((url.removeprefix(page.evaluate("origin")), text))
    return found


def only_what_is_public(page: Page) -> None:
    """The caches hold static files as they are served to anybody, and the offline page."""
    things = cached(page)
    paths = [path for path, _ in things]
    assert "/offline/" in paths
    assert len(paths) == len(set(paths)) > 10
    for path, text in things:
        assert path == "/offline/" or path.startswith("/static/"), path
        answer = Client().get(path)
        assert text == answer.content.decode("utf-8", "replace"), path


def by_devtools(context: BrowserContext, page: Page) -> dict[str, Any]:
    """What the browser's own tools say is stored for the origin, HttpOnly cookies included."""
    origin = page.evaluate("origin")
    tools = context.new_cdp_session(page)
    caches = tools.send("CacheStorage.requestCacheNames", {"securityOrigin": origin})["caches"]
    tools.send("IndexedDB.enable")
    databases = tools.send("IndexedDB.requestDatabaseNames", {"securityOrigin": origin})["databaseNames"]
    stored: list[Any] = []
    for local in (True, False):
        where = {"storageId": {"securityOrigin": origin, "isLocalStorage": local}}
        stored += tools.send("DOMStorage.getDOMStorageItems", where)["entries"]
    cookies = tools.send("Network.getAllCookies")["cookies"]
    tools.detach()
    return {
        "caches": [one["cacheName"] for one in caches],
        "databases": databases,
        "stored": stored,
        "cookies": {one["name"]: one["value"] for one in cookies},
    }


def registration(tools: Any) -> str:
    """The id of our worker's registration, as the browser's tools know it."""
    found: list[str] = []
    tools.on(
        "ServiceWorker.workerRegistrationUpdated",
        lambda event: found.extend(
            one["registrationId"] for one in event["registrations"] if not one["isDeleted"]
        ),
    )
    tools.send("ServiceWorker.enable")
    end = time.monotonic() + PATIENCE / 1000
    while not found and time.monotonic() < end:
        tools.send("Runtime.evaluate", {"expression": "0"})  # events arrive meanwhile
    return found[0]
