"""Secrets Manager: one secret for each company, and the key by which tokens are told apart without being known."""

import hashlib
import hmac
import json
from typing import TYPE_CHECKING, Any

from moment_xledger.domain.companies import CompanyId, Secrets, SoapLogin, Token, TokenId

if TYPE_CHECKING:
    from mypy_boto3_secretsmanager import SecretsManagerClient


class Vault:
    def __init__(self, client: "SecretsManagerClient", prefix: str, fingerprint_secret: str = "") -> None:
        self._client = client
        self._prefix = prefix
        self._fingerprint_secret = fingerprint_secret

    def xledger_token(self, company: CompanyId) -> Token:
        return Token(self._read(company)["xledger_token"])

    def moment_key(self, company: CompanyId) -> Token:
        return Token(self._read(company)["moment_key"])

    def soap_login(self, company: CompanyId) -> SoapLogin | None:
        login = self._read(company).get("soap")
        return SoapLogin(**login) if login else None

    def secrets(self, company: CompanyId) -> Secrets | None:
        """All of a company's; None where it has none yet."""
        try:
            content = self._read(company)
        except self._client.exceptions.ResourceNotFoundException:
            return None
        soap = SoapLogin(**content["soap"]) if content.get("soap") else None
        return Secrets(Token(content["xledger_token"]), Token(content["moment_key"]), soap)

    def save(self, company: CompanyId, secrets: Secrets) -> None:
        name = self._prefix + company
        content = json.dumps(
            {
                "xledger_token": secrets.xledger_token.secret,
                "moment_key": secrets.moment_key.secret,
                "soap": vars(secrets.soap) if secrets.soap else None,
            }
        )
        try:
            self._client.put_secret_value(SecretId=name, SecretString=content)
        except self._client.exceptions.ResourceNotFoundException:
            self._client.create_secret(Name=name, SecretString=content)

    def _read(self, company: CompanyId) -> dict[str, Any]:
        content: dict[str, Any] = json.loads(
            self._client.get_secret_value(SecretId=self._prefix + company)["SecretString"]
        )
        return content

    def fingerprint(self, token: Token) -> TokenId:
        """The same token always has the same one; the token cannot be had from it, nor guessed by it."""
        key = self._client.get_secret_value(SecretId=self._fingerprint_secret)["SecretString"]
        return TokenId(hmac.new(key.encode(), token.secret.encode(), hashlib.sha256).hexdigest()[:32])
