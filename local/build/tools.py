"""The programs that build, each in an environment of its own, for they cannot share one with the project."""

import os
import shutil
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from local import ROOT
from local.children import surroundings

SAM = ROOT / ".tools" / "sam" / "bin" / "sam"
# `sam validate` looks for an account, but asks it nothing.
_NO_ACCOUNT = {
    "AWS_ACCESS_KEY_ID": "none",
    "AWS_SECRET_ACCESS_KEY": "none",
    "AWS_DEFAULT_REGION": "eu-north-1",
}


class ToolError(Exception):
    """A program did not do what it was told; the message is for a person."""


def validate(template: Path) -> None:
    _sam(["validate", "--lint", "--template-file", str(template)], surroundings(os.environ, **_NO_ACCOUNT))


def build(template: Path, into: Path, arch: str, python: str, compiler: Path | None) -> None:
    """For Lambda's processor and Python, whatever this machine's are. Packages come over the network. `compiler` is of
    that Python."""
    arguments = ["build", "--template-file", str(template), "--build-dir", str(into)]
    arguments += ["--parameter-overrides", f"Arch={arch}"]
    layers = {"LAYER_ARCH": arch, "LAYER_PYTHON": python}
    layers |= {"LAYER_PROJECT": str(ROOT), "LAYER_BUILDER": sys.executable}
    layers |= {"LAYER_COMPILER": str(compiler)} if compiler else {}
    path = f"{uv().parent}{os.pathsep}{os.environ.get('PATH', os.defpath)}"
    _sam(arguments, {**os.environ, **layers, "PATH": path})


def deploy(template: Path, name: str, parameters: Mapping[str, str], environment: Mapping[str, str]) -> None:
    """With the account and the addresses of `environment` only."""
    arguments = ["deploy", "--template-file", str(template), "--stack-name", name]
    arguments += ["--resolve-s3", "--no-confirm-changeset", "--no-progressbar"]
    arguments += ["--capabilities", "CAPABILITY_IAM", *_overrides(parameters)]
    _sam(arguments, surroundings(os.environ, **environment))


def deploy_to_account(template: Path, name: str, region: str, parameters: Mapping[str, str]) -> None:
    """The shell's. Says what it does while it does it: a roll-out takes a quarter of an hour."""
    arguments = ["deploy", "--template-file", str(template), "--stack-name", name, "--region", region]
    arguments += [
        "--resolve-s3",
        "--no-confirm-changeset",
        "--no-fail-on-empty-changeset",
        "--no-progressbar",
    ]
    arguments += ["--capabilities", "CAPABILITY_IAM", *_overrides(parameters)]
    _sam(arguments, os.environ, shown=True)


def _overrides(parameters: Mapping[str, str]) -> list[str]:
    """In quotes, for only so does sam take an empty value."""
    return ["--parameter-overrides", *(f'{key}="{value}"' for key, value in parameters.items())]


def bill_of_materials() -> str:
    """As uv writes it: of what the layers hold, from uv.lock. Needs no network."""
    groups = ["--no-default-groups", "--group", "soap"]
    return _output([str(uv()), "export", "--frozen", *groups, "--format", "cyclonedx1.5"], os.environ)


def locked_requirements() -> str:
    """Everything in uv.lock, as pip reads it."""
    return _output([str(uv()), "export", "--frozen", "--all-groups", "--no-header"], os.environ)


def uv() -> Path:
    """The one that is installed, else the one that `make` has fetched into this folder."""
    return Path(shutil.which("uv") or ROOT / ".uv" / "bin" / "uv")


def _sam(arguments: Sequence[str], environment: Mapping[str, str], *, shown: bool = False) -> None:
    if not SAM.exists():
        raise ToolError("sam is not installed here: `make build` does that.")
    _output([str(SAM), *arguments], {**environment, "SAM_CLI_TELEMETRY": "0"}, shown=shown)


def _output(command: Sequence[str], environment: Mapping[str, str], *, shown: bool = False) -> str:
    """What it says is shown while it says it, or only if it fails."""
    done = subprocess.run(
        command, cwd=ROOT, env=environment, capture_output=not shown, text=True, check=False
    )
    if done.returncode:
        said = "." if shown else f":\n{done.stdout}{done.stderr}".rstrip()
        raise ToolError(f"`{Path(command[0]).name} {command[1]}` failed{said}")
    return done.stdout or ""
