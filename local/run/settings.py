"""Settings of the sample company: what an administrator would fill out for a route, and what `--settings` changes."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from local.run import leaving
from local.run.misuse import Misuse
from local.run.simulators import SAMPLE_COMPANY
from moment_xledger.domain.companies import Company, Route
from moment_xledger.domain.days import day_in_oslo
from moment_xledger.domain.settings_faults import BadSettings, bad_settings
from moment_xledger.flows.save_company import check_agrees
from moment_xledger.wiring import now

SETTINGS = {
    "id": SAMPLE_COMPANY,
    "name": "Nordvik Arkitekter AS",
    "notify": ("regnskap@nordvik.example",),
}
_NOT_TYPED = ("id", "token_id", "keys_id")


def of_the_sample(
    route: Route, changed: Mapping[str, Any], also: Mapping[str, Any] | None = None
) -> dict[str, Any]:
    """The sample's settings for this route. `changed` is laid over them, inside `file` as well."""
    usual = {**SETTINGS, "route": str(route), **leaving.SETTINGS.get(route, {}), **(also or {})}
    file = usual.get("file", {}) | changed.get("file", {})
    return usual | dict(changed) | ({"file": file} if file else {})


def read_settings(path: Path, route: str | None) -> dict[str, Any]:
    """Raises `Misuse` with one sentence where the file cannot be used."""
    try:
        settings = json.loads(path.read_text("utf-8"))
    except OSError as problem:
        raise Misuse(f"--settings {path}: {problem.strerror}.") from None
    except ValueError:
        settings = None
    if not isinstance(settings, dict) or not isinstance(settings.get("file", {}), dict):
        raise Misuse(
            f'--settings {path}: must hold one JSON object, such as {{"file": {{"format": "ar10"}}}}.'
        )
    if taken := [name for name in _NOT_TYPED if name in settings]:
        raise Misuse(f"--settings {path}: leave out {taken[0]}; it is the sample company's.")
    if route and settings.get("route", route) != route:
        raise Misuse(f"--settings {path} and --route name different routes; leave one of them out.")
    _check(path, settings, route)
    return settings


def _check(path: Path, settings: Mapping[str, Any], route: str | None) -> None:
    """All but the keys, which the run adds by itself."""
    leaves_by = settings.get("route", route or Route.FILE)
    known = Route(leaves_by) if leaves_by in tuple(Route) else Route.FILE
    try:
        company = Company.model_validate({**of_the_sample(known, settings), "token_id": "-"})
        check_agrees(company, None, day_in_oslo(now()))
    except ValidationError as error:
        raise Misuse(f"--settings {path}: {bad_settings(error)}") from None
    except BadSettings as bad:
        raise Misuse(f"--settings {path}: {bad}") from None
