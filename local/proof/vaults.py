"""Secrets Manager, as boto3's client for it."""
# ruff: noqa: N803 the names of the arguments are boto3's

from collections.abc import Callable
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any, NoReturn, TypeVar

from botocore.exceptions import ClientError

from local.proof.outside import Outside
from local.proof.slowness import Service

Answer = TypeVar("Answer")
CURRENT = "AWSCURRENT"


class ResourceNotFoundException(ClientError):
    pass


class ResourceExistsException(ClientError):
    pass


class InvalidRequestException(ClientError):
    pass


class InvalidParameterException(ClientError):
    pass


@dataclass
class _Secret:
    """Its versions never change; a label is on one of them at a time."""

    versions: dict[str, str] = field(default_factory=dict)
    labels: dict[str, str] = field(default_factory=dict)
    is_deleted: bool = False  # and can still be restored

    def add(self, text: str, labels: list[str]) -> str:
        version = f"{len(self.versions) + 1:032}"
        self.versions[version] = text
        self.labels |= dict.fromkeys(labels, version)
        return version


class SecretsTwin:
    exceptions = SimpleNamespace(
        ResourceNotFoundException=ResourceNotFoundException,
        ResourceExistsException=ResourceExistsException,
        InvalidRequestException=InvalidRequestException,
        InvalidParameterException=InvalidParameterException,
    )

    def __init__(self, outside: Outside) -> None:
        self._outside = outside
        self._held: dict[str, _Secret] = {}

    def _call(
        self, operation: str, carry_out: Callable[[], Answer], *, is_idempotent: bool = False
    ) -> Answer:
        return self._outside.call(operation, carry_out, Service.SECRETS, is_idempotent=is_idempotent)

    def get_secret_value(
        self,
        *,
        SecretId: str,
        VersionId: str = "",
        VersionStage: str = CURRENT,
    ) -> dict[str, Any]:
        found = self._call("read the secret", lambda: self._read(SecretId, VersionId, VersionStage))
        return found or _raise(ResourceNotFoundException, "GetSecretValue")

    def put_secret_value(
        self,
        *,
        SecretId: str,
        SecretString: str,
        VersionStages: list[str] | None = None,
    ) -> dict[str, Any]:
        labels = VersionStages or [CURRENT]
        version = self._call(
            "write the secret", lambda: self._add(SecretId, SecretString, labels), is_idempotent=True
        )
        return {"VersionId": version or _raise(ResourceNotFoundException, "PutSecretValue")}

    def create_secret(self, *, Name: str, SecretString: str, KmsKeyId: str = "") -> dict[str, Any]:
        version = self._call("make the secret", lambda: self._make(Name, SecretString))
        return {"VersionId": version or _raise(ResourceExistsException, "CreateSecret")}

    def update_secret_version_stage(
        self,
        *,
        SecretId: str,
        VersionStage: str,
        MoveToVersionId: str,
        RemoveFromVersionId: str,
    ) -> None:
        moved = (SecretId, VersionStage, RemoveFromVersionId, MoveToVersionId)
        if not self._call("mark the secret", lambda: self._move(*moved)):
            _raise(InvalidParameterException, "UpdateSecretVersionStage")

    def delete_secret(self, *, SecretId: str, RecoveryWindowInDays: int) -> None:
        """What an operator does; no function of ours may."""
        self._held[SecretId].is_deleted = True

    def restore_secret(self, *, SecretId: str) -> None:
        self._call("restore the secret", lambda: self._restore(SecretId))

    def _restore(self, name: str) -> None:
        self._held[name].is_deleted = False

    def _check(self, name: str, operation: str) -> None:
        if name in self._held and self._held[name].is_deleted:
            _raise(InvalidRequestException, operation)

    def _read(self, name: str, version: str, label: str) -> dict[str, Any] | None:
        self._check(name, "GetSecretValue")
        secret = self._held.get(name, _Secret())
        version = version or secret.labels.get(label, "")
        text = secret.versions.get(version)
        return None if text is None else {"SecretString": text, "VersionId": version}

    def _add(self, name: str, text: str, labels: list[str]) -> str:
        self._check(name, "PutSecretValue")
        return self._held[name].add(text, labels) if name in self._held else ""

    def _make(self, name: str, text: str) -> str:
        if name in self._held:
            return ""
        self._held[name] = _Secret()
        return self._held[name].add(text, [CURRENT])

    def _move(self, name: str, label: str, old: str, new: str) -> bool:
        labels = self._held[name].labels
        if labels.get(label) != old:
            return False
        labels[label] = new
        return True


def _raise(error: type[ClientError], operation: str) -> NoReturn:
    raise error({"Error": {"Code": error.__name__}}, operation)
