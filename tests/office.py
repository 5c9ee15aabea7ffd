"""What a company's settings, tests and notices need of the outside, in memory."""

import hashlib
from email.message import EmailMessage
from typing import Any

from moment_xledger.domain.companies import Company, CompanyId, KeysId, Secrets, SoapLogin, Token, TokenId
from moment_xledger.domain.errors import KeyRefused
from tests.world import TOKEN, TOKEN_ID

MOMENT_KEY = Token("key-of-the-simulated-moment")


class FakeVault:
    """`held` are those that bear the mark. `TOKEN` has the fingerprint that the rest of the tests know it by."""

    def __init__(self) -> None:
        self.held: dict[CompanyId, Secrets] = {}
        self.versions: dict[KeysId, Secrets] = {}

    def secrets(self, company: Company) -> Secrets | None:
        return self.versions.get(company.keys_id) if company.keys_id else self.held.get(company.id)

    def offer(self, company: CompanyId, secrets: Secrets) -> KeysId:
        keys_id = KeysId(f"version-{len(self.versions) + 1}")
        self.versions[keys_id] = secrets
        self.held.setdefault(company, secrets)
        return keys_id

    def adopt(self, company: Company) -> None:
        if company.keys_id:
            self.held[company.id] = self.versions[company.keys_id]

    def save(self, company: CompanyId, secrets: Secrets) -> None:
        """As it was saved before versions had names."""
        self.held[company] = secrets

    def take_away(self, company: CompanyId) -> None:
        """As an operator does with a whole secret."""
        self.held.pop(company, None)
        self.versions.clear()

    def xledger_token(self, company: Company) -> Token | None:
        found = self.secrets(company)
        return found.xledger_token if found else None

    def moment_key(self, company: Company) -> Token:
        found = self.secrets(company)
        if found is None:
            raise KeyRefused("Moment: the company has no API key")
        return found.moment_key

    def soap_login(self, company: Company) -> SoapLogin | None:
        found = self.secrets(company)
        return found.soap if found else None

    def fingerprint(self, token: Token) -> TokenId:
        if token == TOKEN:
            return TOKEN_ID
        return TokenId(hashlib.sha256(token.secret.encode()).hexdigest()[:32])


class FakePostman:
    """Keeps what it is given. `refuses` maps an address to the error that a mail to it ends in."""

    sender = "varsel@moment.example"

    def __init__(self) -> None:
        self.sent: list[tuple[str, EmailMessage]] = []
        self.refuses: dict[str, Exception] = {}

    def send(self, message: EmailMessage, to: str) -> str:
        if to in self.refuses:
            raise self.refuses[to]
        self.sent.append((to, message))
        return f"id-{len(self.sent)}"

    def to(self, address: str) -> list[EmailMessage]:
        return [message for to, message in self.sent if to == address]


def settings(**but: Any) -> dict[str, Any]:
    return {"name": "Nordvik Arkitekter AS", "notify": ["regnskap@nordvik.example"]} | but


def keys(**but: Any) -> dict[str, Any]:
    return {"xledger_token": TOKEN.secret, "moment_key": MOMENT_KEY.secret} | but
