"""The README keeps up with what there is."""

import re
from pathlib import Path

import pytest

from tests.template import template

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text()
TEMPLATE = (ROOT / "template.yaml").read_text()
WIRING = (ROOT / "layers/shared/python/moment_xledger/wiring.py").read_text()
FUNCTIONS = sorted(handler.parent.name for handler in ROOT.glob("functions/*/handler.py"))
SETTINGS = sorted(set(re.findall(r'_environment\["(\w+)"\]|"(\w+_QUEUE)"', WIRING)))


@pytest.mark.parametrize("function", FUNCTIONS)
def test_every_function_is_explained_and_deployed(function):
    assert f"`{function}`" in README
    assert f"CodeUri: functions/{function}/\n" in TEMPLATE


@pytest.mark.parametrize("setting", [name for names in SETTINGS for name in names if name])
def test_every_setting_is_explained_and_deployed(setting):
    assert f"`{setting}`" in README
    assert f"{setting}: " in TEMPLATE


@pytest.mark.parametrize("parameter", sorted(template()["Parameters"]))
def test_every_parameter_of_a_deployment_is_explained(parameter):
    assert f"`{parameter}`" in README


@pytest.mark.parametrize(
    "path", sorted(set(re.findall(r"`((?:events|local|layers|functions|docs)/[\w./-]+)`", README)))
)
def test_every_path_it_names_is_there(path):
    assert (ROOT / path).exists()


def test_its_first_commands_are_those_of_ci():
    first = re.search(r"```\n(.*?)```", README, re.DOTALL)
    assert first
    assert [line.split("#")[0].strip() for line in first[1].splitlines()] == [
        "make run",
        "make test",
    ]
    assert "make test" in (ROOT / ".ci/run").read_text()
