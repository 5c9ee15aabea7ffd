"""What `sam build` has written, deployed into the embedded AWS by `sam deploy` itself, as an operator would."""

import json
from collections.abc import Mapping
from pathlib import Path

from local.aws import AwsError, EmbeddedAws, Stack
from local.aws import template as templates
from local.aws.ministack import ARCHITECTURE, REGION
from local.aws.stack import created, leave_out_what_looks_at_several_figures, what_can_be_played
from local.aws.template import Template
from local.build import tools

# A worker of each function unpacks fifty megabytes of layers first.
_WORKERS = 2


def deploy_built(
    aws: EmbeddedAws, built: Path, parameters: Mapping[str, str], name: str = "moment-xledger"
) -> Stack:
    """Its layers must be of this machine's kind: `python -m local.build --for-this-machine`."""
    template = templates.read(built / "template.yaml")
    parameters = {**what_can_be_played(template), "Arch": ARCHITECTURE, **parameters}
    deployable = _written_for_here(template, parameters, built)
    translated = templates.translate(
        template, parameters, lambda folder: ("nowhere", folder.name), built, REGION
    )
    aws.wait()
    try:
        tools.deploy(deployable, name, parameters, aws.environment())
    except tools.ToolError as fault:
        raise AwsError(str(fault)) from fault
    _fit_to_this_machine(aws)
    return created(aws, translated, name)


def _written_for_here(template: Template, parameters: Mapping[str, str], built: Path) -> Path:
    """The emulator translates SAM as if every parameter had its default, whatever it is given."""
    leave_out_what_looks_at_several_figures(template)
    for key, value in parameters.items():
        template["Parameters"][key]["Default"] = value
    path = built / "template.json"
    path.write_text(json.dumps(template, default=str), "utf-8")
    return path


def _fit_to_this_machine(aws: EmbeddedAws) -> None:
    functions = aws.client("lambda")
    for mapping in functions.list_event_source_mappings()["EventSourceMappings"]:
        functions.update_event_source_mapping(
            UUID=mapping["UUID"], ScalingConfig={"MaximumConcurrency": _WORKERS}
        )
