"""Secrets Manager, as boto3's client for it."""

from types import SimpleNamespace
from typing import Any

from botocore.exceptions import ClientError

from local.proof.outside import Outside


class ResourceNotFoundException(ClientError):
    pass


class ResourceExistsException(ClientError):
    pass


class SecretsTwin:
    exceptions = SimpleNamespace(
        ResourceNotFoundException=ResourceNotFoundException, ResourceExistsException=ResourceExistsException
    )

    def __init__(self, outside: Outside) -> None:
        self._outside = outside
        self._held: dict[str, str] = {}

    def get_secret_value(self, *, SecretId: str) -> dict[str, Any]:  # noqa: N803
        found = self._outside.call("read the secret", lambda: self._held.get(SecretId))
        if found is None:
            raise _missing("GetSecretValue")
        return {"SecretString": found}

    def put_secret_value(self, *, SecretId: str, SecretString: str) -> None:  # noqa: N803
        if not self._outside.call("write the secret", lambda: self._replace(SecretId, SecretString)):
            raise _missing("PutSecretValue")

    def create_secret(self, *, Name: str, SecretString: str, KmsKeyId: str = "") -> None:  # noqa: N803
        if not self._outside.call("make the secret", lambda: self._add(Name, SecretString)):
            raise ResourceExistsException({"Error": {"Code": "ResourceExistsException"}}, "CreateSecret")

    def _replace(self, name: str, text: str) -> bool:
        if name not in self._held:
            return False
        self._held[name] = text
        return True

    def _add(self, name: str, text: str) -> bool:
        if name in self._held:
            return False
        self._held[name] = text
        return True


def _missing(operation: str) -> ResourceNotFoundException:
    return ResourceNotFoundException({"Error": {"Code": "ResourceNotFoundException"}}, operation)
