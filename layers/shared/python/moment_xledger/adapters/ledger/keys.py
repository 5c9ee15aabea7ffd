"""Where each thing lies in the table. Times in keys are UTC with microseconds, so that they sort."""

import hashlib
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from moment_xledger.adapters.table import Key
from moment_xledger.domain.companies import CompanyId, TokenId
from moment_xledger.domain.kinds import Kind
from moment_xledger.domain.numbers import number_key

SHARDS = tuple(f"DUE#{n}" for n in range(8))
LOOK_SHARDS = tuple(
    f"LOOK#{n}" for n in range(8)
)  # of companies to whom something may have to be told at once
COUNTERS = 16  # of a company and of what is counted: writers that come together seldom meet at one

PAUSES, EVERYBODY = "PAUSES", "*"  # no company can be called so
AT_ONCE = datetime(1970, 1, 1, tzinfo=UTC)
REASONS = "REASONS"
LEAVERS = "LEAVERS"
COMPANIES = "COMPANIES"
RUNS = "RUNS"


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


def codes(owner: CompanyId, kind: Kind, number: str) -> list[Key]:
    """Who has a number: in the form that all its spellings share, and as it is typed, where an older release looks."""
    return [(records(owner), f"CODE#{kind}#{each}") for each in dict.fromkeys((number_key(number), number))]


def gave_up(owner: CompanyId, kind: Kind, number: str) -> Key:
    """The records that had a number and have given it up."""
    return records(owner), f"GAVEUP#{kind}#{number_key(number)}"


def link(owner: CompanyId, kind: Kind, entity: str, db_id: int) -> Key:
    """Whose what Xledger has under this id is. Where it stays behind, the record itself says so."""
    return records(owner), f"LINK#{kind}#{entity}#{db_id}"


def linked(owner: CompanyId, kind: Kind) -> Key:
    """How far the records of older releases, which wrote no links, have been given theirs."""
    return records(owner), f"LINKED#{kind}"


def round_of_looks(owner: CompanyId) -> Key:
    """How far a round of looks at the projects that have waited long for their customer has come."""
    return company(owner), "LOOKED#project"


def rules(owner: CompanyId, kind: Kind, group: str) -> Key:
    return records(owner), f"RULES#{kind}#{group}"


def work(token_id: TokenId, kind: Kind, owner: CompanyId) -> Key:
    return token(token_id), f"WORK#{kind}#{owner}"


def gate(token_id: TokenId) -> Key:
    return token(token_id), "GATE"


def stop(token_id: TokenId, kind: Kind) -> Key:
    return token(token_id), f"STOP#{kind}"


def countries(token_id: TokenId) -> Key:
    return token(token_id), "COUNTRIES"


def spent(token_id: TokenId, name: str) -> Key:
    return token(token_id), f"SPENT#{name}"


def lists(token_id: TokenId) -> Key:
    return token(token_id), "LISTS"


def dimensions(token_id: TokenId) -> Key:
    return token(token_id), "DIMENSIONS"


def vat_rates(token_id: TokenId) -> Key:
    return token(token_id), "RATES"


def feed(token_id: TokenId, kind: Kind) -> Key:
    return token(token_id), f"FEED#{kind}"


def reach(token_id: TokenId) -> Key:
    return token(token_id), "REACH"


def writers(entity_text: str) -> Key:
    return f"ENTITY#{entity_text}", "WRITERS"


def current_entity(owner: CompanyId) -> Key:
    return company(owner), "ENTITY"


def settings(owner: CompanyId) -> Key:
    return company(owner), "CONF"


def tails(owner: CompanyId) -> Key:
    return company(owner), "KEYS"


def takeover(owner: CompanyId) -> Key:
    return company(owner), "TAKEOVER"


def connection_test(owner: CompanyId) -> Key:
    return company(owner), "TESTED"


def probe(owner: CompanyId) -> Key:
    return company(owner), "PROBE"


def hold(owner: CompanyId) -> Key:
    return company(owner), "HOLD"


def head(owner: CompanyId) -> Key:
    return invoices(owner), "HEAD"


def watermark(owner: CompanyId) -> Key:
    return invoices(owner), "XSTATE"


def mailing(owner: CompanyId) -> Key:
    return invoices(owner), "XMAIL"


def held_work(owner: CompanyId) -> Key:
    return invoices(owner), "XHELD"


def mail(owner: CompanyId, seq: int) -> Key:
    return invoices(owner), f"MAIL#{seq:010}"


def pauses(owner: CompanyId) -> list[Key]:
    """Of everybody, and of this one."""
    return [(PAUSES, EVERYBODY), (PAUSES, owner)]


def reason(code: str) -> Key:
    return REASONS, str(code)


def run(name: str) -> Key:
    return RUNS, str(name)


def leaver(owner: CompanyId) -> Key:
    return LEAVERS, owner


def look(owner: CompanyId) -> Key:
    return company(owner), "LOOK"


def told(owner: CompanyId, address: str) -> Key:
    return company(owner), f"NOTE#{address.lower()}"


def stopped(owner: CompanyId, address: str) -> Key:
    return company(owner), f"SUPPRESSED#{address.lower()}"


def imports(owner: CompanyId) -> Key:
    return company(owner), "IMP#expenses"


def expense_count(owner: CompanyId) -> Key:
    return company(owner), "COUNT#expense"


def record_counts(owner: CompanyId) -> list[Key]:
    return [(company(owner), f"COUNT#{kind}#{n:02}") for kind in Kind for n in range(COUNTERS)]


def problem_counts(owner: CompanyId) -> list[Key]:
    return [(company(owner), f"PROBS#{n:02}") for n in range(COUNTERS)]


def hours(owner: CompanyId, first: datetime, many: int) -> list[Key]:
    """What was carried in so many hours, of each kind."""
    begin = [hour(first + timedelta(hours=n)) for n in range(many)]
    return [(company(owner), f"HOUR#{each}#{kind}") for each in begin for kind in Kind]


def hour(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H")


def shard(pk: str, shards: Sequence[str] = SHARDS) -> str:
    """Spreads what is due, so that no part of the index has to carry it all."""
    return shards[hashlib.sha256(pk.encode()).digest()[0] % len(shards)]


def stamp(moment: datetime) -> str:
    in_utc = moment if moment.tzinfo is UTC else moment.astimezone(UTC)
    return in_utc.isoformat(timespec="microseconds").replace("+00:00", "Z")


def moment(text: str) -> datetime:
    return datetime.fromisoformat(text)
