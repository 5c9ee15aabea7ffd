"""From template.yaml to what CloudFormation takes: SAM translated, each folder of code packed and named."""

import hashlib
import io
import logging
import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

Template = dict[str, Any]
# Where a folder of code has been put: (bucket, key).
Put = Callable[[Path], tuple[str, str]]

_CODE = {"AWS::Serverless::Function": "CodeUri", "AWS::Serverless::LayerVersion": "ContentUri"}
_THE_FIRST_DAY_OF_ZIP = (1980, 1, 1, 0, 0, 0)
# What SAM would add for itself and we never use: every function here has a role of its own.
_NO_MANAGED_POLICIES: dict[str, str] = {}


def read(path: Path) -> Template:
    """The template as it stands, `!Ref` and the like spelled out."""
    from samtranslator.yaml_helper import yaml_parse

    template: Template = yaml_parse(path.read_text(encoding="utf-8"))
    return template


def translate(
    template: Template, parameters: Mapping[str, str], put: Put, folder: Path, region: str
) -> Template:
    """What CloudFormation would make of `template`, with the code that lies below `folder` put in place."""
    from boto3 import Session
    from samtranslator.parser.parser import Parser
    from samtranslator.translator.translator import Translator

    # It warns of switches and measurements inside AWS, of which a template knows nothing.
    logging.getLogger("samtranslator").setLevel(logging.ERROR)
    _name_the_code(template, put, folder)
    # A session that holds no key: translating asks only which region it is for.
    session = Session(aws_access_key_id="none", aws_secret_access_key="none", region_name=region)
    translator = Translator(_NO_MANAGED_POLICIES, Parser(), boto_session=session)
    translated: Template = translator.translate(template, dict(parameters))
    return translated


def packed(folder: Path) -> bytes:
    """The folder as a zip that is the same, byte for byte, whenever the files are the same."""
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as archive:
        for path in sorted(path for path in folder.rglob("*") if path.is_file() and path.suffix != ".pyc"):
            entry = zipfile.ZipInfo(path.relative_to(folder).as_posix(), _THE_FIRST_DAY_OF_ZIP)
            entry.external_attr = 0o644 << 16
            archive.writestr(entry, path.read_bytes(), zipfile.ZIP_DEFLATED)
    return held.getvalue()


def key_of(content: bytes) -> str:
    """A name that changes when the content does, so that a second deployment replaces what has changed."""
    return hashlib.sha256(content).hexdigest() + ".zip"


def _name_the_code(template: Template, put: Put, folder: Path) -> None:
    for resource in template["Resources"].values():
        if where := _CODE.get(resource["Type"]):
            bucket, key = put(folder / resource["Properties"][where])
            resource["Properties"][where] = {"Bucket": bucket, "Key": key}
