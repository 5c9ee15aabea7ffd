"""Companies with a token each: many that save now and then, and a few that save thousands of customers at once."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from random import Random
from typing import Any

from local.bench.load import Edit, customer
from local.twins.world import START
from local.xledger.plan import Plan, parse_plan
from moment_xledger.domain.companies import Company, CompanyId, Token, TokenId

CUSTOMERS_OF_QUIET, CUSTOMERS_OF_NOISY = 5, 500
QUIET_EDITS, QUIET_LASTS = 3, timedelta(minutes=30)
A_BURST, BURST_LASTS = 2_000, timedelta(minutes=10)  # edits
PLAN = 500  # requests an hour, for each token
# By then all customers are in Xledger, and the hour in which they came is over.
BEGINS = START + timedelta(hours=2)


@dataclass(frozen=True)
class Member:
    """`first`: the place of its first customer among everybody's."""

    company: Company
    first: int
    customers: int
    owner_code: int

    @property
    def is_noisy(self) -> bool:
        return self.customers == CUSTOMERS_OF_NOISY

    @property
    def token(self) -> Token:
        return Token(f"token-of-{self.company.id}")

    def saved(self, n: int, version: int) -> dict[str, Any]:
        event = customer(self.first + n, version, name(self.first + n, version))
        return event | {"id": f"{self.company.id}-{event['id']}", "momentcompany": self.company.id}

    def begins_with(self) -> Iterator[Edit]:
        return (Edit(START, self.saved(n, 1)) for n in range(self.customers))

    def edits(self, random: Random) -> Iterator[Edit]:
        edits, period = (A_BURST, BURST_LASTS) if self.is_noisy else (QUIET_EDITS, QUIET_LASTS)
        versions = [1] * self.customers
        for at in sorted(BEGINS + period * random.random() for _ in range(edits)):
            n = random.randrange(self.customers)
            versions[n] += 1
            yield Edit(at, self.saved(n, versions[n]))


def name(n: int, version: int) -> str:
    return f"Kunde {n} v{version} AS"


def members(quiet: int, noisy: int) -> list[Member]:
    made, first = list[Member](), 0
    for n in range(noisy + quiet):
        id_, customers = (
            (f"noisy-{n}", CUSTOMERS_OF_NOISY) if n < noisy else (f"quiet-{n}", CUSTOMERS_OF_QUIET)
        )
        company = Company(id=CompanyId(id_), name=id_, token_id=TokenId(id_), requests_per_hour=PLAN)
        made.append(Member(company, first, customers, 10_000 + n))
        first += customers
    return made


def plan_of(everybody: Sequence[Member]) -> Plan:
    return parse_plan(
        {
            "entities": [{"ownerCode": each.owner_code} for each in everybody],
            "tokens": [{"token": each.token.secret, "ownerCode": each.owner_code} for each in everybody],
            "credits_per_hour": PLAN,
        }
    )
