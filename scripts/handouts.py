"""Draws the documents that a package hands out as they are, from their sources below bpmn/_handouts/.

handouts.py [PACKAGE]   write bpmn/PACKAGE/files/<name>.pdf for each bpmn/_handouts/PACKAGE/<name>.html, and name them
"""

from __future__ import annotations

import sys
from pathlib import Path

PROJECT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(PROJECT))

from app.connectors.pdf import Printer  # noqa: E402 - found only now
from app.connectors.templates import render_html  # noqa: E402

BPMN = PROJECT / "bpmn"
FONTS = PROJECT / "app" / "web" / "static" / "dist" / "fonts"


def sources(package: str) -> dict[str, str]:
    """The HTML of each handout of a package, by the path of its file."""
    files = {
        path.relative_to(BPMN).as_posix(): path.read_bytes()
        for folder in (BPMN / "_shared", BPMN / "_handouts")
        for path in folder.rglob("*")
        if path.is_file()
    }
    return {
        f"files/{path.stem}.pdf": render_html(path.read_text("utf-8"), {}, files, name=path.name)
        for path in sorted((BPMN / "_handouts" / package).glob("*.html"))
    }


def main(names: list[str]) -> int:
    package = names[0] if names else "ccus_api_certification"
    printer = Printer(FONTS, workers=1)
    try:
        for path, html in sources(package).items():
            (BPMN / package / path).write_bytes(printer.render(html, {}))
            print(f"{package}/{path}")
    finally:
        printer.close()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
