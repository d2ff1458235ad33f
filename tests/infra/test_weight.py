"""What goes over the wire: a first visit in all, a later page, our own scripts."""

import gzip

import brotli
import pytest
from django.conf import settings

from bench.weight import FIRST_VISIT, LATER_PAGE, OWN_SCRIPTS, WORKER_KEEPS, needs
from reconnect.phone import kept_files

PAGES = ["/", "/notes/", "/dates/", "/goals/", "/help/", "/strategies/", "/space/", "/more/"]


def fetch(client, address):
    """The body as it is sent to a browser, and the same unpacked."""
    response = client.get(address, headers={"Accept-Encoding": "gzip, br"})
    assert response.status_code == 200, f"{address}: {response.status_code}"
    body = b"".join(response.streaming_content) if response.streaming else response.content
    packed = response.headers.get("Content-Encoding")
    return body, {"br": brotli.decompress, "gzip": gzip.decompress, None: bytes}[packed](body)


def weigh(client, page):
    """Bytes of each thing that a first visit of a page fetches."""
    body, html = fetch(client, page)
    sizes = {page: len(body)}
    for address in needs(html.decode(), lambda sheet: fetch(client, sheet)[1].decode()):
        sizes[address] = len(fetch(client, address)[0])
    return sizes


@pytest.mark.parametrize("who", ["", "alex"])
def test_a_first_visit_is_light(browse, who):
    """Page, style, script, fonts and icons together."""
    sizes = weigh(browse(who), "/")
    assert any(address.endswith(".css") for address in sizes)
    assert sum(sizes.values()) <= FIRST_VISIT, sizes


@pytest.mark.parametrize("page", PAGES)
def test_a_later_page_is_light(browse, page):
    """Style, script and fonts are there already: they have hashed names and never change."""
    assert len(fetch(browse("alex"), page)[0]) <= LATER_PAGE


def test_our_own_script_is_little():
    """All of it, unpacked, whatever page it is for."""
    folder = settings.BASE_DIR / "static" / "js"
    assert 0 < sum(path.stat().st_size for path in folder.rglob("*.js")) <= OWN_SCRIPTS


def test_what_the_worker_keeps_is_little(browse):
    """Style, scripts, fonts and the offline page; most of it is in the browser by then."""
    sizes = {address: len(fetch(browse(""), address)[0]) for address in (*kept_files(), "/offline/")}
    assert 100 < sum(sizes.values()) <= WORKER_KEEPS, sizes


def test_static_files_are_kept_for_good(browse):
    """A hashed name may be kept for ever; the page that names it may not be kept at all."""
    client = browse("alex")
    html = fetch(client, "/")[1].decode()
    sheet = next(address for address in needs(html, lambda _: "") if address.endswith(".css"))
    assert "immutable" in client.get(sheet).headers["Cache-Control"]
    assert client.get("/").headers["Cache-Control"] == "no-store, private"
