"""Third-party files are as released, nothing is inline, and nothing outgrows its budget."""

import gzip
import hashlib
import json
import re
from pathlib import Path

import pytest
from django.template.loader import render_to_string

from couples.templatetags.page import PAPER
from couples.templatetags.page import STYLES as STYLES_OF_EVERY_PAGE

ROOT = Path(__file__).resolve().parents[2]
ROWS = json.loads((ROOT / "static/vendor/manifest.json").read_text())
TEMPLATES = sorted((ROOT / "templates").rglob("*.html"))
STYLES = sorted((ROOT / "static/css").glob("*.css"))
SCRIPTS = sorted((ROOT / "static/js").glob("*.js"))


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row["file"])
def test_vendored_files_are_as_released(row):
    assert hashlib.sha256((ROOT / row["file"]).read_bytes()).hexdigest() == row["sha256"]
    assert (
        row["version"] == json.loads((ROOT / "package.json").read_text())["devDependencies"][row["package"]]
    )
    assert row["licence"]


def test_no_vendored_file_is_missing_from_the_manifest():
    present = {
        path
        for folder in ("static/vendor", "tests/vendor")
        for path in (ROOT / folder).rglob("*")
        if path.is_file()
    }
    assert {str(path.relative_to(ROOT)) for path in present} - {"static/vendor/manifest.json"} == {
        row["file"] for row in ROWS
    }


def test_the_lock_names_no_registry_and_has_a_hash_for_each():
    packages = json.loads((ROOT / "package-lock.json").read_text())["packages"]
    rest = [about for name, about in packages.items() if name]
    assert rest
    assert all("resolved" not in about and about["integrity"].startswith("sha512-") for about in rest)


def test_the_ground_of_a_page_is_that_of_its_style_sheet():
    assert f"--paper: light-dark({', '.join(PAPER)})" in (ROOT / "static/css/tokens.css").read_text()


def test_styles_of_every_page_fit_in_8_kb_compressed():
    sizes = [
        len(gzip.compress((ROOT / f"static/css/{name}.css").read_bytes())) for name in STYLES_OF_EVERY_PAGE
    ]
    assert sum(sizes) <= 8 * 1024


def test_scripts_keep_nothing_in_the_browser_and_evaluate_nothing():
    text = "".join(path.read_text() for path in SCRIPTS)
    assert not re.search(
        r"localStorage|sessionStorage|indexedDB|document\.cookie|\beval\(|new Function|innerHTML", text
    )


@pytest.mark.parametrize("path", STYLES, ids=lambda path: path.name)
def test_styles_force_nothing(path):
    text = path.read_text()
    assert "!important" not in text
    assert "http:" not in text
    assert "https:" not in text
    assert text.count("{") == text.count("}")
    assert "@layer" in text


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: str(path.relative_to(ROOT / "templates")))
def test_templates_have_no_inline_style_or_script(path):
    text = path.read_text()
    assert not re.search(r"<style|\sstyle=|\son[a-z]+=|hx-on|javascript:|\|\s*safe\b", text)
    assert not re.search(r"<script(?![^>]*\ssrc=)", text)
    assert "!</" not in text


def test_a_first_visit_leaves_room_in_its_90_kb():
    names = [f"css/{name}.css" for name in STYLES_OF_EVERY_PAGE] + ["vendor/htmx.min.js", "js/reconnect.js"]
    text = sum(len(gzip.compress((ROOT / "static" / name).read_bytes())) for name in names)
    fonts = sum(path.stat().st_size for path in (ROOT / "static/vendor").glob("*.woff2"))
    page = len(gzip.compress(render_to_string("404.html").encode()))
    assert page <= 2.5 * 1024
    assert text + fonts + page <= 70 * 1024
