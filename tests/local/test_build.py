"""What `make build` and `make audit` promise, as far as it can be held without the network."""

import importlib.util
import json
import os
import re
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest
from packaging.tags import Tag, compatible_tags, cpython_tags
from packaging.utils import parse_wheel_filename

from local import ROOT
from local.__main__ import main
from local.aws import template as templates
from local.build import __main__ as command
from local.build import audit, compilers, tools
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
    make("build-Shared", folder=project, into=tmp_path / "made")
    made = [path.relative_to(tmp_path / "made") for path in (tmp_path / "made").rglob("*") if path.is_file()]
    assert made == [Path("python/moment_xledger/wiring.py")]


def test_a_layer_is_compiled_for_where_lambda_has_it(tmp_path: Path) -> None:
    """Without a date of the source: what is unpacked has another."""
    project, made = tmp_path / "project", tmp_path / "made"
    (project / "python" / "moment_xledger").mkdir(parents=True)
    (project / "python" / "moment_xledger" / "wiring.py").write_text("A = 1\n")
    make("build-Shared", f"LAYER_COMPILER={sys.executable}", folder=project, into=made)
    (compiled,) = made.rglob("*.pyc")
    content = compiled.read_bytes()
    assert content[:4] == importlib.util.MAGIC_NUMBER
    assert content[4] == 1  # by the hash of the source, which is not looked at
    assert b"/opt/python/moment_xledger/wiring.py" in content
    assert str(tmp_path).encode() not in content


HERE = ".".join(map(str, sys.version_info[:2]))


def a_python(at: Path, says: str, status: int = 0) -> Path:
    at.parent.mkdir(parents=True, exist_ok=True)
    at.write_text(f"#!/bin/sh\necho {says}\nexit {status}\n")
    at.chmod(0o755)
    return at


@pytest.fixture
def no_pythons(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A machine that has none but this one, and no network."""
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))
    monkeypatch.setenv("PYENV_ROOT", str(tmp_path / "pyenv"))
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setattr(compilers, "FETCHED", tmp_path / "fetched")
    monkeypatch.setattr(tools, "uv", lambda: tmp_path / "bin" / "uv")
    return tmp_path


def test_this_python_compiles_for_its_own_version(no_pythons: Path) -> None:
    assert compilers.python_for(HERE) == Path(sys.executable)


def test_a_python_that_is_called_so_and_runs_nothing_is_passed_over(no_pythons: Path) -> None:
    """As pyenv's shim of a version that is not the one in use, or a link to another version."""
    a_python(no_pythons / "bin" / "python3.99", says="3.99", status=127)
    assert compilers.python_for("3.99") is None
    a_python(no_pythons / "bin" / "python3.99", says="3.98")
    assert compilers.python_for("3.99") is None
    kept = a_python(no_pythons / "pyenv" / "versions" / "3.99.4" / "bin" / "python3.99", says="3.99")
    assert compilers.python_for("3.99") == kept
    first = a_python(no_pythons / "bin" / "python3.99", says="3.99")
    assert compilers.python_for("3.99") == first


def test_where_there_is_none_it_is_fetched(no_pythons: Path) -> None:
    uv = no_pythons / "bin" / "uv"
    fetched = no_pythons / "fetched" / "cpython-3.99.1-linux" / "bin" / "python3.99"
    script = (
        f"mkdir -p {fetched.parent} && printf '#!/bin/sh\\necho 3.99\\n' > {fetched} && chmod +x {fetched}"
    )
    uv.parent.mkdir(exist_ok=True)
    uv.write_text(f'#!/bin/sh\nPATH=/usr/bin:/bin\necho "$@" > {no_pythons}/asked\n{script}\n')
    uv.chmod(0o755)
    assert compilers.python_for("3.99") == fetched
    asked = (no_pythons / "asked").read_text().split()
    assert (asked[:2], asked[-1]) == (["python", "install"], "3.99")


# What the layers hold is compiled by others, for each Python by itself. The second is the next one to move to.
PYTHONS = ("3.13", "3.14")


@pytest.mark.parametrize("python", PYTHONS)
@pytest.mark.parametrize("machine", ["aarch64", "x86_64"])
def test_every_package_of_the_layers_has_a_wheel_for_lambdas_python_and_for_the_next(
    python: str, machine: str
) -> None:
    assert PYTHONS[0] == command.LAMBDA_PYTHON
    tags = {str(tag) for tag in _tags(python, machine)}
    packages = {each["name"]: each for each in tomllib.loads((ROOT / "uv.lock").read_text())["package"]}
    lacking = []
    for layer in ("dependencies", "soap"):
        requirements = (ROOT / "layers" / layer / "requirements.txt").read_text()
        for name in re.findall(r"^([\w.-]+)==", requirements, re.MULTILINE):
            wheels = [each["url"].rpartition("/")[2] for each in packages[name].get("wheels", ())]
            fits = [each for each in wheels if {str(tag) for tag in parse_wheel_filename(each)[3]} & tags]
            lacking += [] if fits else [name]
    assert not lacking


def _tags(python: str, machine: str) -> Iterator[Tag]:
    platforms = [f"manylinux_2_{minor}_{machine}" for minor in range(17, 4, -1)] + [
        f"manylinux2014_{machine}"
    ]
    version = tuple(map(int, python.split(".")))
    yield from cpython_tags(version, platforms=platforms)
    yield from compatible_tags(version, platforms=platforms)


def test_the_templates_of_the_console_are_python_in_the_layer(tmp_path: Path) -> None:
    builder = (f"LAYER_PROJECT={ROOT}", f"LAYER_BUILDER={sys.executable}")
    make("build-Shared", *builder, folder=ROOT / "layers" / "shared", into=tmp_path)
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
