"""CodeDeploy, before an alias leads to a new version: whether that version can work."""

import time
from functools import cache
from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from moment_xledger.flows.check_release import check_release
from moment_xledger.observability import logger, watched
from moment_xledger.wiring import Wiring

wire = cache(Wiring)


@watched
def lambda_handler(event: dict[str, Any], context: LambdaContext) -> dict[str, str]:
    deployment, hook = event["DeploymentId"], event["LifecycleEventHookExecutionId"]
    outcomes = check_release(deployment, hook, wire().releases(), time.sleep)
    logger.info("release checked", extra={"counts": outcomes})
    return outcomes
