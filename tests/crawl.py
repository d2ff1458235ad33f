"""Reading the app as a person would: every page that links lead to, byte for byte but for tokens."""

import re
from collections import deque
from html import unescape

from django.test import Client

HREF = re.compile(r'(?:href|hx-get)="([^"#]+)')
TOKENS = [
    (re.compile(r'(name="csrfmiddlewaretoken" value=")[^"]+'), r"\1"),
    (re.compile(r"""("X-CSRFToken":")[^"]+"""), r"\1"),
    (re.compile(r'(name="once" value=")[^"]+'), r"\1"),
    (re.compile(r'(value=")[^"]+(" id="id_once")'), r"\1\2"),
]
MOST_PAGES = 300
# Pages without a word of any couple, of which there are many; and filters, one of each kind is enough.
NEVER = (
    "//",
    "/static/",
    "/accounts/",
    "/strategies/",
    "/help/",
    "/dates/ideas/?",
    "/dates/new/?idea",
    "/notes/new/?",
    "/goals/new/?",
)


def bare(html: str) -> str:
    """A page without what is made anew on every request."""
    for pattern, kept in TOKENS:
        html = pattern.sub(kept, html)
    return html


def crawl(client: Client, start: str = "/") -> dict[str, str]:
    """Return every page of ours that can be reached by links from ``start``: status and bare body by address."""
    found: dict[str, str] = {}
    waiting = deque([start])
    while waiting:
        path = waiting.popleft()
        if path in found or len(found) >= MOST_PAGES:
            continue
        answer = client.get(path)
        body = b"".join(answer.streaming_content) if answer.streaming else answer.content
        html = bare(body.decode("utf-8", "replace"))
        found[path] = f"{answer.status_code} {answer.get('Location', '')}\n{html}"
        base = path.split("?")[0]
        for raw in HREF.findall(html):
            link = unescape(raw)
            if link.startswith("?"):
                link = base + link
            if link.startswith("/") and not link.startswith(NEVER):
                waiting.append(link)
    return found
