"""Secrets Manager: one secret for each company, and the key by which tokens are told apart without being known.

A logon key that Xledger renewed is kept in a secret of its own: whoever renews it changes nothing that a person typed.
"""

import hashlib
import hmac
import json
from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from moment_xledger.domain.companies import CompanyId, Secrets, SoapLogin, Token, TokenId

if TYPE_CHECKING:
    from mypy_boto3_secretsmanager import SecretsManagerClient


KEPT = ".logon-key"  # behind a company's id, which can hold no period


def _mark(login: SoapLogin) -> str:
    """Tells whether a person has typed something else since."""
    typed = json.dumps([login.user, login.password, login.logon_key])
    return hashlib.sha256(typed.encode()).hexdigest()


class Vault:
    """`prefix` is the stack's name and a slash; all is encrypted with the stack's key, which has that name too."""

    def __init__(self, client: "SecretsManagerClient", prefix: str, fingerprint_secret: str = "") -> None:
        self._client = client
        self._prefix = prefix
        self._fingerprint_secret = fingerprint_secret

    def xledger_token(self, company: CompanyId) -> Token:
        return Token(self._read(company)["xledger_token"])

    def moment_key(self, company: CompanyId) -> Token:
        return Token(self._read(company)["moment_key"])

    def soap_login(self, company: CompanyId) -> SoapLogin | None:
        """With the newest logon key, as long as the user and the key that a person typed are the same."""
        typed = self._read(company).get("soap")
        if not typed:
            return None
        try:
            kept = self._read_secret(company + KEPT)
        except self._client.exceptions.ResourceNotFoundException:
            kept = {}
        login = SoapLogin(**typed)
        return replace(login, logon_key=kept["key"]) if kept.get("instead_of") == _mark(login) else login

    def keep_logon_key(self, company: CompanyId, key: str) -> None:
        typed = SoapLogin(**self._read(company)["soap"])
        self._write(company + KEPT, {"instead_of": _mark(typed), "key": key})

    def secrets(self, company: CompanyId) -> Secrets | None:
        """All of a company's; None where it has none yet."""
        try:
            content = self._read(company)
        except self._client.exceptions.ResourceNotFoundException:
            return None
        soap = SoapLogin(**content["soap"]) if content.get("soap") else None
        return Secrets(Token(content["xledger_token"]), Token(content["moment_key"]), soap)

    def save(self, company: CompanyId, secrets: Secrets) -> None:
        content = {
            "xledger_token": secrets.xledger_token.secret,
            "moment_key": secrets.moment_key.secret,
            "soap": vars(secrets.soap) if secrets.soap else None,
        }
        self._write(company, content)

    def _write(self, name: str, content: Mapping[str, Any]) -> None:
        name, text = self._prefix + name, json.dumps(content)
        try:
            self._client.put_secret_value(SecretId=name, SecretString=text)
        except self._client.exceptions.ResourceNotFoundException:
            self._make(name, text)

    def _make(self, name: str, text: str) -> None:
        """Two workers may renew a company's first logon key at the same moment."""
        try:
            self._client.create_secret(Name=name, SecretString=text, KmsKeyId=self._encryption_key)
        except self._client.exceptions.ResourceExistsException:
            self._client.put_secret_value(SecretId=name, SecretString=text)

    @property
    def _encryption_key(self) -> str:
        return f"alias/{self._prefix.rstrip('/')}"

    def _read(self, company: CompanyId) -> dict[str, Any]:
        return self._read_secret(company)

    def _read_secret(self, name: str) -> dict[str, Any]:
        content: dict[str, Any] = json.loads(
            self._client.get_secret_value(SecretId=self._prefix + name)["SecretString"]
        )
        return content

    def fingerprint(self, token: Token) -> TokenId:
        """The same token always has the same one; the token cannot be had from it, nor guessed by it."""
        key = self._client.get_secret_value(SecretId=self._fingerprint_secret)["SecretString"]
        return TokenId(hmac.new(key.encode(), token.secret.encode(), hashlib.sha256).hexdigest()[:32])
