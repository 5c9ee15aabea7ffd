"""Pages, out of their templates."""

from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, ModuleLoader, StrictUndefined

from moment_xledger.console import showing
from moment_xledger.console.words import late

TEMPLATES = Path(__file__).parent / "pages"
# Where `make build` puts them, made into Python: reading them anew takes longer than all else that a first page does.
COMPILED = Path(__file__).parent / "pages_compiled"


def rendered(page: str, **given: Any) -> str:
    return _pages().get_template(page).render(**given)


def pages(loader: FileSystemLoader | ModuleLoader) -> Environment:
    """The same for both kinds of loader: a template is compiled for the environment that it is rendered in."""
    made = Environment(
        loader=loader,
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters |= {
        "amount": showing.amount,
        "clock": showing.clock,
        "count": showing.count,
        "moment": showing.moment,
        "until": showing.until,
        "late": late,
    }
    return made


@cache
def _pages() -> Environment:
    return pages(ModuleLoader(COMPILED) if COMPILED.is_dir() else FileSystemLoader(TEMPLATES))
