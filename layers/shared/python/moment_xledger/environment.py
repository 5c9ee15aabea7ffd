"""Every environment variable that the functions read; no other place reads one. A function gets only those it needs."""

import os
from collections.abc import Mapping

from moment_xledger.domain.errors import Misconfigured


class Environment:
    def __init__(self, variables: Mapping[str, str] = os.environ) -> None:
        self._variables = variables

    def __getitem__(self, name: str) -> str:
        """Raises `Misconfigured` with the name; never with a value."""
        value = self._variables.get(name)
        if not value:
            raise Misconfigured(f"the environment variable {name} is missing: see template.yaml")
        return value

    def __contains__(self, name: str) -> bool:
        return bool(self._variables.get(name))

    @property
    def release(self) -> str:
        """The function's version, which Lambda sets: each release has another. Empty where there is none."""
        return self._variables.get("AWS_LAMBDA_FUNCTION_VERSION", "")
