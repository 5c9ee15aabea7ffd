"""Routes are loaded by the word that an address begins with: each must be found by it."""

from importlib import import_module
from pathlib import Path

import pytest

from local import ROOT
from moment_xledger.console import application

ROUTES = ROOT / "layers/shared/python/moment_xledger/console/routes"


@pytest.mark.parametrize("file", sorted(ROUTES.glob("*.py")), ids=lambda file: file.stem)
def test_every_address_of_a_file_leads_to_that_file(file: Path) -> None:
    addresses = [path for path, *_ in import_module(f"{application.ROUTES}.{file.stem}").router._routes]
    assert addresses
    for address in addresses:
        assert file.stem in application.files_for(address), address


@pytest.mark.parametrize("address", ["", "/", "//", "/nowhere", "/nowhere/overview", "/..", "/%6Fut"])
def test_an_address_that_is_nobodys_loads_no_more_than_the_entrance(address: str) -> None:
    assert application.files_for(address) in ((), ("entry",))
