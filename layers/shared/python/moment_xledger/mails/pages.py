"""The texts of the mails, beside this file: one for each language, once as text and once as HTML."""

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape

from moment_xledger.domain.counted import filled


def page(name: str, facts: Mapping[str, Any]) -> str:
    return _pages().get_template(name).render(facts)


@cache
def _pages() -> Environment:
    made = Environment(
        loader=FileSystemLoader(Path(__file__).parent),
        autoescape=select_autoescape(["html"]),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    made.filters["filled"] = filled
    return made
