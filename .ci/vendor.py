#!/usr/bin/env python3
"""Copy the pinned third-party files from ``node_modules`` to where the app serves them, with a manifest.

Run ``npm ci --ignore-scripts`` first (``make vendor`` does both). Files are copied as released, never edited;
``static/vendor/manifest.json`` names package, version, licence and SHA-256 of each, and a test checks it.
"""

import hashlib
import json
import shutil
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
MODULES = ROOT / "node_modules"
MANIFEST = ROOT / "static" / "vendor" / "manifest.json"

# fmt: off
ICONS = [
    "arrow-left", "arrow-right", "bell", "book-open", "bookmark", "calendar", "calendar-plus", "camera",
    "check", "chevron-down", "chevron-right", "circle", "circle-help", "clock", "compass", "copy",
    "download", "ellipsis", "external-link", "eye", "eye-off", "flag", "footprints", "funnel", "gift",
    "handshake", "house", "image", "info", "key-round", "leaf", "life-buoy", "link", "list-checks", "lock",
    "log-out", "mail", "map-pin", "menu", "message-square", "milestone", "monitor", "moon", "mountain",
    "pause", "pencil", "phone", "play", "plus", "printer", "qr-code", "repeat", "reply", "search",
    "settings", "shield", "shuffle", "sliders-horizontal", "smartphone", "sparkles", "sprout", "star",
    "sun", "tent", "ticket", "trash-2", "triangle-alert", "undo-2", "upload", "user", "users", "utensils",
    "wifi-off", "x",
]
# fmt: on

# Package → (file in the package, where it goes).
FILES: dict[str, list[tuple[str, str]]] = {
    "htmx.org": [
        ("dist/htmx.min.js", "static/vendor/htmx.min.js"),
        ("dist/ext/hx-sse.min.js", "static/vendor/hx-sse.min.js"),
    ],
    "@fontsource/fraunces": [
        ("files/fraunces-latin-600-normal.woff2", "static/vendor/fraunces-latin-600-normal.woff2"),
    ],
    "@fontsource-variable/figtree": [
        ("files/figtree-latin-wght-normal.woff2", "static/vendor/figtree-latin-wght-normal.woff2"),
    ],
    "lucide-static": [(f"icons/{name}.svg", f"static/vendor/lucide/{name}.svg") for name in ICONS],
    "axe-core": [("axe.min.js", "tests/vendor/axe.min.js")],
}


def copy(package: str, source: str, target: str) -> dict[str, str]:
    """Copy one file and return its row of the manifest; raises FileNotFoundError without npm's copy."""
    about = json.loads((MODULES / package / "package.json").read_text())
    place = ROOT / target
    place.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(MODULES / package / source, place)
    return {
        "file": target,
        "package": package,
        "version": about["version"],
        "licence": about["license"],
        "sha256": hashlib.sha256(place.read_bytes()).hexdigest(),
    }


def main() -> int:
    """Copy everything, drop icons that are no longer listed, write the manifest."""
    if not MODULES.is_dir():
        print("There is no node_modules folder; run 'npm ci --ignore-scripts' first.", file=sys.stderr)
        return 1
    shutil.rmtree(ROOT / "static" / "vendor" / "lucide", ignore_errors=True)
    rows = [copy(package, *pair) for package, pairs in FILES.items() for pair in pairs]
    MANIFEST.write_text(json.dumps(rows, indent=1) + "\n")
    print(f"{len(rows)} files in static/vendor and tests/vendor")
    return 0


if __name__ == "__main__":
    sys.exit(main())
