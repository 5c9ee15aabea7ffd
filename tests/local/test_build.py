"""What `make build` and `make audit` promise, as far as it can be held without the network."""

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest

from local import ROOT
from local.__main__ import main
from local.aws import template as templates
from local.build import __main__ as command
from local.build import audit, tools
from local.build.materials import settled
from local.build.seals import seals, whole
from local.build.sizes import LIMIT, LIMIT_WITH_SOAP, sizes
from moment_xledger.console.rendering import COMPILED

TEMPLATE = """
Globals: {Function: {Layers: [!Ref Dependencies, !Ref Shared]}}
Resources:
  Dependencies: {Type: AWS::Serverless::LayerVersion, Properties: {ContentUri: Dependencies}}
  Soap: {Type: AWS::Serverless::LayerVersion, Properties: {ContentUri: Soap}}
  Sweep: {Type: AWS::Serverless::Function, Properties: {CodeUri: Sweep}}
  Import: {Type: AWS::Serverless::Function, Properties: {CodeUri: Import, Layers: [!Ref Soap]}}
"""


@pytest.fixture
def built(tmp_path: Path) -> Path:
    """As `sam build` leaves it: a folder for each part."""
    for part, size in {"Dependencies": 1000, "Shared": 100, "Soap": 500, "Sweep": 10, "Import": 20}.items():
        (tmp_path / part / "python").mkdir(parents=True)
        (tmp_path / part / "python" / "code.py").write_bytes(b"#" * size)
    (tmp_path / "template.yaml").write_text(TEMPLATE)
    return tmp_path


def test_a_function_is_as_large_as_itself_and_its_layers(built: Path) -> None:
    assert {size.function: (size.bytes, size.limit) for size in sizes(built)} == {
        "Sweep": (1110, LIMIT),
        "Import": (1620, LIMIT_WITH_SOAP),
    }


def test_a_function_that_is_too_large_is_seen(built: Path) -> None:
    with (built / "Dependencies" / "large").open("wb") as large:
        large.truncate(LIMIT)
    too_large = [size for size in sizes(built) if size.is_over]
    assert [str(size) for size in too_large] == [" 60.0 MB IS MORE THAN 60  Sweep"]


def test_dates_do_not_matter_but_every_byte_and_every_name_does(built: Path) -> None:
    before = seals(built)
    code = built / "Shared" / "python" / "code.py"
    os.utime(code, (0, 0))
    assert seals(built) == before
    code.write_bytes(b"!" * 100)
    changed = seals(built)
    code.rename(code.with_name("other.py"))
    assert len({before["Shared"], changed["Shared"], seals(built)["Shared"]}) == 3
    assert changed["Soap"] == before["Soap"]
    assert whole(changed) != whole(before)


def test_the_bill_of_materials_is_the_same_each_time_and_names_what_the_layers_hold() -> None:
    bill = settled(tools.bill_of_materials())
    assert settled(tools.bill_of_materials()) == bill
    named = {f"{each['name']}=={each['version']}" for each in bill["components"]}
    layers = [ROOT / "layers" / layer / "requirements.txt" for layer in ("dependencies", "soap")]
    assert named == {
        line.split()[0] for path in layers for line in path.read_text().splitlines() if "==" in line
    }


def test_the_layers_are_made_for_the_processor_and_the_python_of_the_template() -> None:
    recipe = (ROOT / "layers" / "Makefile").read_text()
    template = templates.read(ROOT / "template.yaml")
    defaults = dict(re.findall(r"^(LAYER_\w+) \?= (\S+)$", recipe, re.MULTILINE))
    assert defaults == {
        "LAYER_ARCH": template["Parameters"]["Arch"]["Default"],
        "LAYER_PYTHON": template["Globals"]["Function"]["Runtime"].removeprefix("python"),
    }
    assert defaults["LAYER_PYTHON"] == command.LAMBDA_PYTHON


@pytest.mark.parametrize(("arch", "platform"), [("arm64", "aarch64"), ("x86_64", "x86_64")])
def test_a_layer_is_made_of_hashed_wheels_for_its_processor_only(
    arch: str, platform: str, tmp_path: Path
) -> None:
    said = make(
        "--dry-run", "build-Soap", f"LAYER_ARCH={arch}", folder=ROOT / "layers" / "soap", into=tmp_path
    )
    assert f"--python-platform {platform}-manylinux2014 --python-version 3.13" in said
    assert "--require-hashes --only-binary :all:" in said


def test_the_layer_of_our_own_holds_no_leftovers_of_this_machine(tmp_path: Path) -> None:
    project = tmp_path / "project"
    (project / "python" / "moment_xledger" / "__pycache__").mkdir(parents=True)
    (project / "python" / "moment_xledger" / "__pycache__" / "x.cpython-311.pyc").touch()
    (project / "python" / "moment_xledger" / "wiring.py").touch()
    make("build-Shared", "LAYER_PYTHON=none", folder=project, into=tmp_path / "made")
    made = [path.relative_to(tmp_path / "made") for path in (tmp_path / "made").rglob("*") if path.is_file()]
    assert made == [Path("python/moment_xledger/wiring.py")]


def test_the_templates_of_the_console_are_python_in_the_layer(tmp_path: Path) -> None:
    builder = (f"LAYER_PROJECT={ROOT}", f"LAYER_BUILDER={sys.executable}")
    make("build-Shared", "LAYER_PYTHON=none", *builder, folder=ROOT / "layers" / "shared", into=tmp_path)
    console = tmp_path / "python" / "moment_xledger" / "console"
    templates = {path.stem for path in (console / "pages").glob("*.html")}
    assert templates
    made = [path.read_text() for path in (console / COMPILED.name).iterdir()]
    assert {re.findall(r"^name = '(\w+)\.html'$", each, re.MULTILINE)[0] for each in made} == templates


def test_the_layer_keeps_what_boto3_must_know_of_each_service_that_is_asked() -> None:
    code = "".join(path.read_text() for path in (ROOT / "layers" / "shared").rglob("*.py"))
    asked = set(re.findall(r'boto3\.client\(\s*"([\w-]+)"', code))
    kept = re.findall(r"^SERVICES := (.*)$", (ROOT / "layers" / "Makefile").read_text(), re.MULTILINE)
    assert asked
    assert kept == [" ".join(sorted(asked))]


def make(*arguments: str, folder: Path, into: Path) -> str:
    """As sam does: where the layer's folder has been copied to, with the Makefile of all layers."""
    into.mkdir(exist_ok=True)
    gnu_make = shutil.which("make")
    assert gnu_make
    done = subprocess.run(  # noqa: S603
        [gnu_make, "--makefile", str(ROOT / "layers" / "Makefile"), *arguments],
        cwd=folder,
        env={"PATH": os.environ["PATH"], "ARTIFACTS_DIR": str(into)},
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout


def test_every_function_and_layer_is_made_by_a_recipe_of_ours() -> None:
    """Where there is none, sam looks for a Python 3.13 on this machine."""
    for name, resource in templates.read(ROOT / "template.yaml")["Resources"].items():
        if resource["Type"] in {"AWS::Serverless::Function", "AWS::Serverless::LayerVersion"}:
            how = resource["Metadata"]
            assert how["BuildMethod"] == "makefile", name
            assert (ROOT / how["ContextPath"] / "Makefile").is_file(), name


@pytest.mark.parametrize("tool", ["sam", "checkov", "pip-audit"])
def test_a_tool_is_locked_with_hashes(tool: str) -> None:
    locked = (ROOT / "local" / "tools" / f"{tool}.txt").read_text()
    wanted = (ROOT / "local" / "tools" / f"{tool}.in").read_text().splitlines()
    pinned = re.findall(r"^([\w.-]+)==\S+.* \\$", locked, re.MULTILINE)
    assert {line.split()[0] for line in wanted} <= set(pinned)
    assert len(pinned) == len(re.findall(r"^\S", locked, re.MULTILINE))


def test_without_sam_it_says_how_to_get_it(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(tools, "SAM", Path("/no/such/sam"))
    assert command.main([]) == 1
    assert capsys.readouterr().err == "sam is not installed here: `make build` does that.\n"


def test_another_processor_is_refused_in_one_sentence(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        command.main(["--arch", "sparc"])
    assert ended.value.code == 2
    (sentence,) = capsys.readouterr().err.splitlines()
    assert "sparc" in sentence
    assert "arm64" in sentence


def test_a_run_of_what_was_built_needs_something_built(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["run", "--built", str(tmp_path), "--out", str(tmp_path / "out")]) == 2
    assert capsys.readouterr().err == (
        f"--built {tmp_path}: no template.yaml is in it; `make rehearse` builds one and uses it.\n"
    )


def answer(*packages: Mapping[str, object]) -> str:
    return json.dumps({"dependencies": packages, "fixes": []})


SOUND = {"name": "six", "version": "1.17.0", "vulns": []}
WEAK = {"name": "jinja2", "version": "2.0", "vulns": [{"id": "PYSEC-2019-217", "fix_versions": ["2.10.1"]}]}
SKIPPED = {"name": "zeep", "skip_reason": "not found"}


def test_an_audit_that_finds_nothing_says_of_how_many() -> None:
    assert audit.verdict(answer(SOUND, SOUND)) == (
        audit.NONE,
        "None of 2 packages has a vulnerability that OSV knows of.",
    )


def test_an_audit_names_what_is_weak_and_where_it_is_mended() -> None:
    assert audit.verdict(answer(SOUND, WEAK, SKIPPED)) == (
        audit.SOME,
        "jinja2 2.0: PYSEC-2019-217, mended in 2.10.1.",
    )


def test_an_audit_that_left_something_out_is_none() -> None:
    status, sentence = audit.verdict(answer(SOUND, SKIPPED))
    assert (status, "zeep" in sentence) == (audit.NOT_ASKED, True)


def test_an_audit_that_could_not_ask_says_so() -> None:
    status, sentence = audit.verdict("", "Traceback\n  …\nConnectionError: no such host\n")
    assert status == audit.NOT_ASKED
    assert sentence == "Nothing was audited: api.osv.dev cannot be asked from here (ConnectionError)."


def test_every_check_of_the_template_that_is_left_out_has_its_reason() -> None:
    lines = (ROOT / ".checkov.yaml").read_text().partition("skip-check:\n")[2].splitlines()
    assert lines
    assert all(re.fullmatch(r"  - CKV_AWS_\d+ # \w.{30,}", line) for line in lines)
