"""The stylesheet and the icon: the same for everybody, and kept by the browser for an hour."""

from pathlib import Path

from moment_xledger.console.answers import Answer, headers
from moment_xledger.console.desk import new_router

router = new_router()
PAGES = Path(__file__).parents[1] / "pages"


@router.get("/style.css")
def style() -> Answer:
    return _file("style.css", "text/css; charset=utf-8")


@router.get("/icon.svg")
def icon() -> Answer:
    return _file("icon.svg", "image/svg+xml")


def _file(name: str, content_type: str) -> Answer:
    kept = {"Cache-Control": "public, max-age=3600"}
    return Answer(200, content_type, (PAGES / name).read_text(encoding="utf-8"), headers() | kept)
