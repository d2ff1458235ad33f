"""Tags of what every page has: its files, its furniture, its language. Built in, as the design's are."""

from functools import cache

from django import template
from django.conf import settings
from django.contrib.staticfiles.storage import staticfiles_storage
from django.template.loader import render_to_string
from django.utils.html import conditional_escape
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language
from django.utils.translation import to_locale as _to_locale

register = template.Library()

STYLES = ("tokens", "base", "layout", "components", "exit")
FONTS = ("figtree-latin-wght-normal", "fraunces-latin-600-normal")
SCRIPTS = ("vendor/htmx.min.js",)
PAPER = ("#fbf7f1", "#1b161f")
"""The ground of every page, light and dark, for what no style sheet reaches; a test compares it with ``tokens.css``."""


def _file(name: str) -> str:
    """Address of a static file; one that was never collected must not break the error page as well."""
    try:
        return staticfiles_storage.url(name)
    except ValueError:
        return f"{settings.STATIC_URL}{name}"


@cache
def _head(scripts: bool, debug: bool) -> SafeString:
    parts = [
        f'<meta name="theme-color" media="(prefers-color-scheme: {scheme})" content="{colour}">'
        for scheme, colour in zip(("light", "dark"), PAPER, strict=True)
    ]
    parts += [
        f'<link rel="preload" href="{_file(f"vendor/{name}.woff2")}" as="font" type="font/woff2" crossorigin>'
        for name in FONTS
    ]
    parts += [f'<link rel="stylesheet" href="{_file(f"css/{name}.css")}">' for name in STYLES]
    parts += [
        f'<link rel="icon" href="{_file("icons/icon.svg")}" type="image/svg+xml">',
        f'<link rel="apple-touch-icon" href="{_file("icons/icon-180.png")}">',
        '<link rel="manifest" href="/manifest.webmanifest">',
        '<meta name="mobile-web-app-capable" content="yes">',
    ]
    if scripts:
        # Blocking on purpose: a deferred htmx may start before its extensions have registered.
        parts += [f'<script src="{_file(name)}"></script>' for name in SCRIPTS]
    parts.append(f'<script defer src="{_file("js/reconnect.js")}"></script>')
    return mark_safe("\n".join(parts))


@register.simple_tag
def assets(scripts: bool = True) -> SafeString:
    """Fonts, styles, icons, manifest and scripts of every page. ``scripts=False`` leaves htmx out (error pages)."""
    return _head(scripts, settings.DEBUG)


@cache
def _furniture(language: str | None) -> SafeString:
    return render_to_string("components/furniture.html")


@register.simple_tag
def furniture() -> SafeString:
    """What scripts need on every page: the confirm and the signed-out dialogs, and their sentences."""
    return _furniture(get_language())


@cache
def _lang(language: str | None) -> str:
    return _to_locale(language or settings.LANGUAGE_CODE).replace("_", "-")


@register.simple_tag
def lang() -> str:
    """The page's language as a BCP 47 tag, such as en-GB."""
    return _lang(get_language())


@register.simple_tag
def exit_url() -> SafeString:
    """The neutral page that *Exit this page* opens."""
    return conditional_escape(settings.EXIT_URL)
