"""The functions' own wiring, in this process, over what was deployed into the embedded AWS."""

import os

from local.aws import EmbeddedAws, Stack
from moment_xledger.environment import Environment
from moment_xledger.wiring import Wiring


def wiring(aws: EmbeddedAws, stack: Stack) -> Wiring:
    """With all that any of them has."""
    os.environ.update(aws.environment())  # clients find their way by it, as on AWS
    variables: dict[str, str] = {}
    for function in stack.functions:
        variables |= stack.environment_of(aws, function)
    return Wiring(Environment(variables))
