"""CodeDeploy, which asks before it moves an alias, and Lambda, whose new version is called by its number."""

import json
from collections.abc import Mapping
from contextlib import suppress
from typing import Any

from moment_xledger.domain.release_check import CallFailed, NoRoom, Version


class Releases:
    def __init__(self, codedeploy: Any, functions: Any) -> None:
        self._codedeploy, self._functions = codedeploy, functions

    def versions(self, deployment: str) -> list[Version]:
        """A deployment names its revision by a hash; what is in it is asked for by that."""
        about = self._codedeploy.get_deployment(deploymentId=deployment)["deploymentInfo"]
        revision = self._codedeploy.get_application_revision(
            applicationName=about["applicationName"], revision=about["revision"]
        )["revision"]
        text = (revision.get("string") or revision.get("appSpecContent"))["content"]
        named = [each["Properties"] for some in json.loads(text)["Resources"] for each in some.values()]
        return [Version(each["Name"], str(each["TargetVersion"])) for each in named]

    def call(self, version: Version, event: Mapping[str, Any]) -> Any:
        try:
            said = self._functions.invoke(
                FunctionName=version.function, Qualifier=version.number, Payload=json.dumps(event).encode()
            )
        except self._functions.exceptions.TooManyRequestsException:
            raise NoRoom from None
        answer = json.loads(said["Payload"].read() or b"null")
        if "FunctionError" in said:
            raise CallFailed(str(answer.get("errorType", "no error type")))
        return answer

    def tell(self, deployment: str, hook: str, *, is_good: bool) -> None:
        """A second time, after a call of ours that died, changes nothing."""
        with suppress(self._codedeploy.exceptions.LifecycleEventAlreadyCompletedException):
            self._codedeploy.put_lifecycle_event_hook_execution_status(
                deploymentId=deployment,
                lifecycleEventHookExecutionId=hook,
                status="Succeeded" if is_good else "Failed",
            )
