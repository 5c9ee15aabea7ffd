"""Looks only at the outside: what Xledger holds, what files and mails there are, what went over the network."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from datetime import timedelta
from email.message import Message
from typing import TYPE_CHECKING, Any, Protocol

from local.proof.arrivals import numbers_in, wrong_arrivals
from local.proof.many import left_behind
from local.proof.rests import wrong_in_rests
from local.proof.right_records import wrong_records
from local.proof.slowness import wrong_in_slowness
from local.proof.story import NORTH, SOUTH, Story, kept_by_hand
from local.proof.told import wrong_words
from moment_xledger.domain.companies import Route

if TYPE_CHECKING:
    from local.proof.network import Request
    from local.proof.stage import Stage


class _Server(Protocol):
    def seen(self) -> Mapping[str, Any]: ...


class _Bucket(Protocol):
    @property
    def changed(self) -> Iterable[str]: ...


class _Post(Protocol):
    @property
    def sent(self) -> Iterable[tuple[str, Message]]: ...


class Outside(Protocol):
    """What is left at the end of a run, of a simulated one or of one with real processes."""

    @property
    def story(self) -> Story: ...
    @property
    def server(self) -> _Server: ...
    @property
    def bucket(self) -> _Bucket: ...
    @property
    def post(self) -> _Post: ...
    def csv_files(self, company: str) -> Iterator[tuple[str, bytes]]: ...


def wrongs(stage: "Stage") -> list[str]:
    """Each in one sentence; nothing where all promises were kept."""
    usual = () if stage.witness else (*broken_promises(stage), *wrong_arrivals(stage), *left_behind(stage))
    return [
        *usual,
        *wrong_records(stage),
        *wrong_words(stage),
        *wrong_in_rests(stage),
        *wrong_in_slowness(stage),
        *_parallel(stage),
        *_refused(stage),
        *stage.unexpected,
    ]


def broken_promises(stage: Outside) -> Iterator[str]:
    """What is lost, doubled, old or changed."""
    yield from _customers(stage)
    yield from _companies(stage)
    yield from _projects(stage)
    yield from _invoices(stage)
    yield from _readers(stage)


def _by_code(stage: Outside, what: str) -> dict[tuple[int, str], list[dict[str, Any]]]:
    found: dict[tuple[int, str], list[dict[str, Any]]] = {}
    for record in stage.server.seen()[what]:
        found.setdefault((record["owner"]["ownerCode"], str(record["code"])), []).append(record)
    return found


def _customers(stage: Outside) -> Iterator[str]:
    held = _by_code(stage, "customers")
    companies = {each["dbId"]: each for each in stage.server.seen()["companies"]}
    owners = {str(company.id): company.owner_code or 0 for company in stage.story.companies}
    for (company, number), wanted in stage.story.wanted_customers().items():
        name = f"customer {number} of {company}"
        match held.get((owners[company], number), []):
            case []:
                yield f"{name} is lost"
            case [one]:
                if one["description"] != wanted["name"]:
                    yield f"{name} is '{one['description']}', not '{wanted['name']}'"
                of = companies[int(one["company"]["dbId"])]
                if (of.get("companyNumber") or None) != wanted.get("organizationNumber"):
                    yield f"{name} belongs to company {of.get('companyNumber') or of['code']}"
            case several:
                yield f"{name} is there {len(several)} times"
    known = {(owners[company], number) for company, number in stage.story.customers}
    known |= {(order["ownerCode"], order["code"]) for order in kept_by_hand(stage.story)}
    yield from (f"customer {key} is nobody's" for key in held.keys() - known)


def _companies(stage: Outside) -> Iterator[str]:
    """One token's books have one company for one organisation number, and for one private person."""
    keys = Counter(
        (
            NORTH if (owner := each["owner"]["ownerCode"]) == SOUTH else owner,
            each.get("companyNumber") or each.get("code") or each["dbId"],
        )
        for each in stage.server.seen()["companies"]
    )
    yield from (f"company {key} is there {count} times" for key, count in keys.items() if count > 1)


def _projects(stage: Outside) -> Iterator[str]:
    held = _by_code(stage, "projects")
    owners = {str(company.id): company.owner_code or 0 for company in stage.story.companies}
    for (company, number), wanted in stage.story.projects.items():
        name = f"project {number} of {company}"
        match held.get((owners[company], number), []):
            case []:
                yield f"{name} is lost"
            case [one]:
                has = (one["description"], (one.get("subledger") or {}).get("code"))
                if has != (wanted["name"], wanted["customerNumber"]):
                    yield f"{name} is {has}, not {(wanted['name'], wanted['customerNumber'])}"
            case several:
                yield f"{name} is there {len(several)} times"


def _invoices(stage: Outside) -> Iterator[str]:
    """Each in one file, once; and no file ever changed."""
    by_mail = {company.id for company in stage.story.companies if company.route is Route.EMAIL}
    for company, published in stage.story.invoices.items():
        numbers = [] if company in by_mail else published
        left = Counter(
            number for name, body in stage.csv_files(company) for number in numbers_in(body.decode())
        )
        yield from (f"invoice {n} of {company} is lost" for n in numbers if not left[n])
        yield from (f"invoice {n} of {company} left {left[n]} times" for n in left if left[n] > 1)
        yield from (f"invoice {n} of {company} has no business in a file" for n in left if n not in numbers)
    yield from (f"the bytes of {name} changed" for name in stage.bucket.changed if name.endswith(".csv"))


def _readers(stage: Outside) -> Iterator[str]:
    """Whoever is told of an export is told of one that is there; a repeated mail has the id of the first."""
    ids: dict[str, set[str]] = {}
    for to, mail in stage.post.sent:
        ids.setdefault(to, set()).add(str(mail["X-Moment-Xledger-Id"]))  # SES writes Message-IDs of its own
    for company in stage.story.companies:
        files = len(list(stage.csv_files(company.id)))
        if len(ids.get(company.notify[0], ())) > files:
            yield f"{company.id} was told of more exports than there are"


def _parallel(stage: "Stage") -> Iterator[str]:
    """No request goes out while one of another worker awaits its answer, or while a write may still be carried out."""
    by_token: dict[str, list[Request]] = {}
    for request in stage.network.requests:
        for other in by_token.setdefault(request.token, [])[-40:]:
            mine, theirs = request.journey, other.journey
            until = max(filter(None, (theirs.over, theirs.carried_out if other.writes else None)))
            if mine.sent < until - timedelta(microseconds=1):
                yield (
                    f"{mine.operation} of {mine.sender} was sent while {theirs.operation} of {theirs.sender} "
                    f"was under way, {mine.sent - theirs.sent} after it"
                )
        by_token[request.token].append(request)


def _refused(stage: "Stage") -> Iterator[str]:
    refused = stage.server.seen()["requests"]["refused"]
    if refused and stage.is_alone:
        yield f"{refused} requests were over the plan's limits"
