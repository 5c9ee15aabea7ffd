"""What a company's settings, tests and notices need of the outside, in memory."""

import hashlib
from email.message import EmailMessage
from typing import Any

from moment_xledger.domain.companies import CompanyId, Secrets, SoapLogin, Token, TokenId
from tests.world import TOKEN, TOKEN_ID

MOMENT_KEY = Token("key-of-the-simulated-moment")


class FakeVault:
    """`TOKEN` has the fingerprint that the rest of the tests know it by."""

    def __init__(self) -> None:
        self.held: dict[CompanyId, Secrets] = {}

    def secrets(self, company: CompanyId) -> Secrets | None:
        return self.held.get(company)

    def save(self, company: CompanyId, secrets: Secrets) -> None:
        self.held[company] = secrets

    def xledger_token(self, company: CompanyId) -> Token:
        return self.held[company].xledger_token

    def moment_key(self, company: CompanyId) -> Token:
        return self.held[company].moment_key

    def soap_login(self, company: CompanyId) -> SoapLogin | None:
        return self.held[company].soap

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
