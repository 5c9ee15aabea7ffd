"""Where each thing lies in the table. Times in keys are UTC with microseconds, so that they sort."""

import hashlib
from datetime import UTC, datetime

from moment_xledger.adapters.table import Key
from moment_xledger.domain.companies import CompanyId, TokenId
from moment_xledger.domain.moment import Kind

SHARDS = tuple(f"DUE#{n}" for n in range(8))


def company(company: CompanyId) -> str:
    return f"T#{company}"


def records(company: CompanyId) -> str:
    """Apart from what is asked for by prefix: writes find room, and nobody passes by them all to read a few items."""
    return f"T#{company}#REC"


def invoices(company: CompanyId) -> str:
    return f"T#{company}#INV"


def token(token: TokenId) -> str:
    return f"CRED#{token}"


def entity(owner: CompanyId, kind: Kind, id_: int) -> Key:
    return records(owner), f"ENT#{kind}#{id_}"


def code(owner: CompanyId, kind: Kind, number: str) -> Key:
    return records(owner), f"CODE#{kind}#{number}"


def work(token_id: TokenId, kind: Kind, owner: CompanyId) -> Key:
    return token(token_id), f"WORK#{kind}#{owner}"


def shard(pk: str) -> str:
    """Spreads what is due, so that no part of the index has to carry it all."""
    return SHARDS[hashlib.sha256(pk.encode()).digest()[0] % len(SHARDS)]


def stamp(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def moment(text: str) -> datetime:
    return datetime.fromisoformat(text)
