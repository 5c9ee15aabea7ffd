"""The settings that a run gives the sample company: usual ones by route, and a person's own laid over them."""

import json
from pathlib import Path
from typing import Any

import pytest

from local.run.settings import of_the_sample, read_settings
from moment_xledger.domain.companies import Company, Route


def company(settings: dict[str, Any]) -> Company:
    return Company.model_validate({**settings, "token_id": "-"})


@pytest.mark.parametrize("route", list(Route))
def test_the_usual_settings_of_each_route_are_complete(route: Route) -> None:
    assert company(of_the_sample(route, {})).route is route


def test_what_a_person_gives_is_laid_over_them_also_inside_the_file_settings(tmp_path: Path) -> None:
    path = tmp_path / "settings.json"
    path.write_text(json.dumps({"file": {"receivable_account": "1510"}, "vat_codes": {"3": "2"}}))

    made = company(of_the_sample(Route.UPLOAD, read_settings(path, "upload")))

    assert (made.file.format, made.file.receivable_account) == ("gl02b", "1510")
    assert (made.vat_codes, made.name) == ({"3": "2"}, "Nordvik Arkitekter AS")


def test_the_route_may_stand_in_the_settings(tmp_path: Path) -> None:
    path = tmp_path / "settings.json"
    path.write_text(json.dumps({"route": "email", "reception_address": "mb.00000@xledger.example"}))
    settings = read_settings(path, None)
    assert company(of_the_sample(Route.EMAIL, settings)).reception_address == "mb.00000@xledger.example"
