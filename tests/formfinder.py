"""Finds the forms of a page, so that no form escapes the tests that go through all of them."""

from dataclasses import dataclass, field
from html.parser import HTMLParser


@dataclass
class Found:
    """A form: where it goes, and what it would send if nothing were typed."""

    action: str
    method: str
    fields: dict[str, str] = field(default_factory=dict)
    hidden: set[str] = field(default_factory=set)


class _Forms(HTMLParser):
    def __init__(self, path: str) -> None:
        super().__init__()
        self.path = path
        self.forms: list[Found] = []
        self.open: Found | None = None
        self.area: str | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "form":
            action = given.get("action") or self.path
            self.open = Found(
                action if not action.startswith("?") else self.path + action, given.get("method", "get")
            )
            self.forms.append(self.open)
        elif self.open is not None and given.get("name"):
            self._field(tag, given)

    def _field(self, tag: str, given: dict[str, str]) -> None:
        assert self.open is not None
        name = given["name"]
        if tag == "textarea":
            self.area = name
            self.open.fields[name] = ""
        elif tag in ("input", "select", "button"):
            if given.get("type") in ("radio", "checkbox") and "checked" not in given:
                self.open.fields.setdefault(name, given.get("value", "on"))
                return
            self.open.fields[name] = given.get("value", "")
            if given.get("type") == "hidden":
                self.open.hidden.add(name)

    def handle_data(self, data: str) -> None:
        if self.area and self.open:
            self.open.fields[self.area] += data

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self.open = None
        elif tag == "textarea":
            self.area = None


def forms(path: str, html: str) -> list[Found]:
    """Every form of a page that is posted, but the exit's."""
    parser = _Forms(path.split("?")[0])
    parser.feed(html)
    return [
        form
        for form in parser.forms
        if form.method == "post" and form.action not in ("/exit/", "/accounts/logout/")
    ]
