"""`make audit`: known vulnerabilities of everything in uv.lock, as OSV has them.

It ends with 0 if there are none, 1 if there are, and 3 if OSV cannot be asked: that is no good news.
"""

import json
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from local import ROOT
from local.build import tools

PIP_AUDIT = ROOT / ".tools" / "pip-audit" / "bin" / "pip-audit"
NONE, SOME, NOT_ASKED = 0, 1, 3


def main() -> int:
    with tempfile.TemporaryDirectory(prefix="audit-") as folder:
        requirements = Path(folder) / "requirements.txt"
        requirements.write_text(tools.locked_requirements(), "utf-8")
        command = [str(PIP_AUDIT), "--vulnerability-service", "osv", "--format", "json"]
        command += ["--progress-spinner", "off", "--disable-pip", "--require-hashes"]
        done = subprocess.run(
            [*command, "--requirement", str(requirements)], capture_output=True, text=True, check=False
        )
    status, sentence = verdict(done.stdout, done.stderr)
    print(sentence, file=sys.stderr if status else sys.stdout)
    return status


def verdict(answer: str, last_words: str = "") -> tuple[int, str]:
    """What pip-audit's JSON says. It writes none if it could not ask, and may leave packages out without failing."""
    try:
        packages = json.loads(answer)["dependencies"]
    except ValueError:
        why = last_words.strip().rpartition("\n")[2].partition(":")[0]
        return NOT_ASKED, f"Nothing was audited: api.osv.dev cannot be asked from here ({why})."
    found = [line for package in packages for line in _vulnerabilities(package)]
    if found:
        return SOME, "\n".join(found)
    left_out = [package["name"] for package in packages if "skip_reason" in package]
    if left_out:
        return NOT_ASKED, f"Not audited, for OSV does not answer about them: {', '.join(left_out)}."
    return NONE, f"None of {len(packages)} packages has a vulnerability that OSV knows of."


def _vulnerabilities(package: Mapping[str, Any]) -> Iterator[str]:
    for each in package.get("vulns", ()):
        mended = ", ".join(each["fix_versions"]) or "no version yet"
        yield f"{package['name']} {package['version']}: {each['id']}, mended in {mended}."


if __name__ == "__main__":
    sys.exit(main())
