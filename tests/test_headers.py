"""Security headers on every answer there is, and nothing private in any cache."""

import re

import pytest
from django.urls import reverse

from reconnect.headers import CONTENT_SECURITY_POLICY
from tests.routes import ALLAUTH, ROUTES
from tests.world import World

pytestmark = pytest.mark.django_db
ALWAYS = {
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
    "X-Frame-Options": "DENY",
    "X-Content-Type-Options": "nosniff",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "no-store, private",
}
INLINE = re.compile(r"<script(?![^>]*\bsrc=)|<style|\sstyle=|\son[a-z]+=|javascript:|hx-on", re.IGNORECASE)


def every_address(world: World):
    """One address of each route, and some that lead nowhere."""
    for name, route in ROUTES.items():
        yield reverse(name, kwargs=route.kwargs(world))
    for name, kwargs in ALLAUTH.items():
        yield reverse(name, kwargs=kwargs)
    yield from ("/nowhere/", "/notes/x/", "/static/nothing.css", "/join/x/", "/strategies/none/")


def test_no_browser_keeps_what_is_typed_on_one_line(world: World, browse):
    """It would offer it to whoever types there next, signed in or not; a name or an address may be known to it."""
    client, found = browse("alex"), set()
    for address in every_address(world):
        text = client.get(address).content.decode("utf-8", "replace")
        found |= set(re.findall(r'<input type="(?:text|search)"[^>]*>', text))
    assert len(found) > 5
    assert not [
        field for field in found if not re.search(r'autocomplete="(off|given-name|one-time-code)"', field)
    ]


@pytest.mark.parametrize("who", ["", "alex", "robin"])
def test_every_answer_has_every_header(world: World, browse, who):
    client = browse(who)
    for address in every_address(world):
        for answer in (client.get(address), client.post(address)):
            for header, value in ALWAYS.items():
                if address.startswith("/static/") and header in (
                    "Cache-Control",
                    "Cross-Origin-Opener-Policy",
                ):
                    continue
                assert answer.get(header) == value, (address, header)
            assert answer.get("Referrer-Policy") in ("same-origin", "no-referrer"), address
            assert "Server" not in answer
            assert "X-Powered-By" not in answer


def test_no_page_needs_an_exception_from_the_policy(world: World, browse):
    assert "unsafe" not in CONTENT_SECURITY_POLICY
    assert "data:" not in CONTENT_SECURITY_POLICY
    for who in ("", "alex", "robin"):
        for address in every_address(world):
            text = browse(who).get(address).content.decode("utf-8", "replace")
            assert not INLINE.search(text), (address, INLINE.search(text))
            for link in re.findall(r'(?:src|href|action|formaction)="(https?://[^"]+)', text):
                assert re.search(rf'<a [^>]*href="{re.escape(link)}', text), (
                    f"{address} asks {link} by itself"
                )
