"""Secrets Manager: one secret for each company, and the key by which tokens are told apart without being known.

What is saved is a version of its own. The company's settings name theirs, so what a save stored and never came to name
is read by nobody, and keys and settings change in one write of the ledger. The version that they name bears the mark
CURRENT, for whoever knows of no versions, and because Secrets Manager may drop what bears none.

A logon key that Xledger renewed is kept in a secret of its own: whoever renews it changes nothing that a person typed.
"""

import hashlib
import hmac
import json
from contextlib import suppress
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from moment_xledger.domain.companies import Company, CompanyId, KeysId, Secrets, SoapLogin, Token, TokenId
from moment_xledger.domain.errors import KeyRefused

if TYPE_CHECKING:
    from mypy_boto3_secretsmanager import SecretsManagerClient


KEPT = ".logon-key"  # behind a company's id, which can hold no period
CURRENT, OFFERED = "AWSCURRENT", "AWSPENDING"


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

    def xledger_token(self, company: Company) -> Token | None:
        """None where somebody has taken the company's keys away."""
        content = self._read(company)
        return Token(content["xledger_token"]) if content else None

    def moment_key(self, company: Company) -> Token:
        """Raises `KeyRefused` where somebody has taken it away: only a new one helps."""
        content = self._read(company)
        if content is None:
            raise KeyRefused("Moment: the company has no API key")
        return Token(content["moment_key"])

    def soap_login(self, company: Company) -> SoapLogin | None:
        """With the newest logon key, as long as the user and the key that a person typed are the same."""
        typed = (self._read(company) or {}).get("soap")
        if not typed:
            return None
        kept = self._read_secret(company.id + KEPT) or {}
        login = SoapLogin(**typed)
        return replace(login, logon_key=kept["key"]) if kept.get("instead_of") == _mark(login) else login

    def keep_logon_key(self, company: Company, key: str) -> None:
        """Of the login that this company had when it was renewed, even if a person has typed another one since."""
        content = self._read(company)
        if content is None:
            return
        typed = SoapLogin(**content["soap"])
        self._write(company.id + KEPT, json.dumps({"instead_of": _mark(typed), "key": key}), CURRENT)

    def secrets(self, company: Company) -> Secrets | None:
        """All of a company's; None where it has none yet."""
        content = self._read(company)
        if content is None:
            return None
        soap = SoapLogin(**content["soap"]) if content.get("soap") else None
        return Secrets(Token(content["xledger_token"]), Token(content["moment_key"]), soap)

    def offer(self, company: CompanyId, secrets: Secrets) -> KeysId:
        """Read by nobody before the company's settings name it."""
        content = {
            "xledger_token": secrets.xledger_token.secret,
            "moment_key": secrets.moment_key.secret,
            "soap": vars(secrets.soap) if secrets.soap else None,
        }
        return self._write(company, json.dumps(content), OFFERED)

    def adopt(self, company: Company) -> None:
        """Marks the version that the settings name. Where somebody else moves the mark at this moment, it is his."""
        name = self._prefix + company.id
        if not company.keys_id:
            return
        now = self._client.get_secret_value(SecretId=name, VersionStage=CURRENT)["VersionId"]
        if now == company.keys_id:
            return
        with suppress(self._client.exceptions.InvalidParameterException):
            self._client.update_secret_version_stage(
                SecretId=name, VersionStage=CURRENT, MoveToVersionId=company.keys_id, RemoveFromVersionId=now
            )

    def _write(self, name: str, text: str, label: str) -> KeysId:
        """Into a secret that somebody deleted as well, while it can still be restored: no other can have its name."""
        name = self._prefix + name
        try:
            return self._put(name, text, label)
        except self._client.exceptions.ResourceNotFoundException:
            return self._make(name, text, label)
        except self._client.exceptions.InvalidRequestException:
            self._client.restore_secret(SecretId=name)
            return self._put(name, text, label)

    def _put(self, name: str, text: str, label: str) -> KeysId:
        stored = self._client.put_secret_value(SecretId=name, SecretString=text, VersionStages=[label])
        return KeysId(stored["VersionId"])

    def _make(self, name: str, text: str, label: str) -> KeysId:
        """Two workers may renew a company's first logon key at the same moment."""
        try:
            made = self._client.create_secret(Name=name, SecretString=text, KmsKeyId=self._encryption_key)
        except self._client.exceptions.ResourceExistsException:
            return self._put(name, text, label)
        return KeysId(made["VersionId"])

    @property
    def _encryption_key(self) -> str:
        return f"alias/{self._prefix.rstrip('/')}"

    def _read(self, company: Company) -> dict[str, Any] | None:
        return self._read_secret(company.id, company.keys_id)

    def _read_secret(self, name: str, version: str = "") -> dict[str, Any] | None:
        """None where there is none, also while what somebody deleted could still be restored."""
        which = {"VersionId": version} if version else {"VersionStage": CURRENT}
        gone = (
            self._client.exceptions.ResourceNotFoundException,
            self._client.exceptions.InvalidRequestException,
        )
        try:
            found = self._client.get_secret_value(SecretId=self._prefix + name, **which)
        except gone:
            return None
        content: dict[str, Any] = json.loads(found["SecretString"])
        return content

    def fingerprint(self, token: Token) -> TokenId:
        """The same token always has the same one; the token cannot be had from it, nor guessed by it."""
        key = self._fingerprint_key().encode()
        return TokenId(hmac.new(key, token.secret.encode(), hashlib.sha256).hexdigest()[:32])

    def _fingerprint_key(self) -> str:
        return self._client.get_secret_value(SecretId=self._fingerprint_secret)["SecretString"]
