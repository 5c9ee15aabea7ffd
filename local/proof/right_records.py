"""That every write came to the right record, in the right entity, and every invoice on its own customer's account:
looked at from outside, as in `checks`."""

from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from local.proof.arrivals import numbers_in
from local.proof.belonging import (
    CHANGES,
    FLYTT,
    KODEVIK,
    SANDVIK,
    STRANGE,
    TOKEN_OF_FLYTT,
    TOKEN_OF_STRANGERS,
)
from local.proof.witness import NUMBERED, Change, Whose, whose
from moment_xledger.domain.companies import CompanyId
from moment_xledger.domain.legal_ids import NORWAY, country_code

if TYPE_CHECKING:
    from local.proof.places import Belonging
    from local.proof.stage import Stage
    from local.proof.witness import Witness

EVER, NEVER = datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC)
A_REQUEST = timedelta(minutes=3)  # from our look to our write, at the longest
GRACE = timedelta(minutes=3)  # after settings were saved: requests that were under way then
OF_TOKEN = {TOKEN_OF_FLYTT: FLYTT, TOKEN_OF_STRANGERS: STRANGE}  # that nobody else of ours writes to
KIND = {"customers": "customer", "projects": "project"}


def wrong_records(stage: "Stage") -> Iterator[str]:
    witness, told = stage.witness, stage.story.belonging
    if witness and told:
        yield from _changes(stage, witness)
        yield from _accounts(witness, told)
        yield from _records(stage, told)
        yield from _doubled(stage, witness)
        yield from _invoices(stage, told)
        if any(company.id == SANDVIK for company in stage.story.companies):
            yield from _sandbox(stage)


def _changes(stage: "Stage", witness: "Witness") -> Iterator[str]:
    places = {company.id: list(_places(stage, company.id)) for company in stage.story.companies}
    numbers = _numbers(stage)
    for change in witness.changes:
        for wrong in _of_change(change, witness, places, numbers):
            name = change.before["description"] if change.before else change.after["description"]
            yield f"{change.at - witness.began}: {change.table[:-1]} {change.after['code']} '{name}' {wrong}"


def _of_change(
    change: Change,
    witness: "Witness",
    places: dict[CompanyId, list[tuple[datetime, int | None]]],
    numbers: set[tuple[str, Whose, str]],
) -> Iterator[str]:
    before, after = change.before, change.after
    new = whose(after["description"])
    if before and change.by_hand and after["dbId"] not in witness.are_ours:
        yield f"is not ours, and became '{after['description']}'"
        return
    if before and whose(before["description"]) != new:
        yield f"became '{after['description']}'"
    if before and before["code"] != after["code"]:
        yield f"had the number {before['code']}"
    if change.table not in NUMBERED or new is None:
        return
    if before and (change.table, new, before["code"]) not in numbers and not _is_new_number(change, witness):
        yield "was written, though people gave it another number"
    if not before and change.namesakes:
        yield f"is beside {change.namesakes}"
    owner = after["owner"]["ownerCode"]
    if not _may_be(places[CompanyId(new.company)], owner, change.at):
        yield f"is written in {owner}, which is not its company's"
    is_closed = before and before.get("toDate") != after.get("toDate")
    if change.table == "projects" and is_closed and (before or {}).get("toDate"):
        yield f"was closed by hand on {(before or {}).get('toDate')}, and became {after.get('toDate')}"
    customer = after.get("subledger") if change.table == "projects" else None
    if customer and (whose(customer["description"]) or new).company != new.company:
        yield f"belongs to '{customer['description']}'"


def _numbers(stage: "Stage") -> set[tuple[str, Whose, str]]:
    """Those that Moment has for each record, or had before."""
    found = set()
    for each in (*stage.story.published, *stage.story.swapped):
        data, company = each.event["data"], each.event["momentcompany"]
        for table, field in (("customers", "customerNumber"), ("projects", "projectNumber")):
            if each.event["type"].endswith(f"{table[:-1]}.saved"):
                found.add((table, Whose(company, data["id"]), data[field]))
    return found


def _is_new_number(change: Change, witness: "Witness") -> bool:
    """So new that we may have looked before it had it."""
    return change.at - witness.renumbered.get(change.after["dbId"], EVER) < A_REQUEST


def _may_be(places: list[tuple[datetime, int | None]], owner: int, at: datetime) -> bool:
    """One that it has, or had just before."""
    until = [begun + GRACE for begun, _ in places[1:]] + [NEVER]
    return any(
        place == owner and begun <= at <= end for (begun, place), end in zip(places, until, strict=True)
    )


def _places(stage: "Stage", company: CompanyId) -> Iterator[tuple[datetime, int | None]]:
    """The entity that its settings name, from when on. None: another company's, where it may write nothing."""
    if company == SANDVIK:
        yield EVER, None
        return
    at_first = next(each for each in stage.story.companies if each.id == company).owner_code
    yield EVER, at_first or FLYTT
    wanted = iter(stage.story.belonging.wishes.get(company, ()) if stage.story.belonging else ())
    saved = reversed(list(stage.ledger.settings_history.of(company))[:-1])
    for each in saved:
        if any(change.field == CHANGES.get(company) for change in each.changes):
            value = next(wanted, "")
            yield each.when, int(value) if company == KODEVIK else OF_TOKEN.get(value)


def _now(stage: "Stage", company: CompanyId) -> int | None:
    return list(_places(stage, company))[-1][1]


def _accounts(witness: "Witness", told: "Belonging") -> Iterator[str]:
    """Whose it is says Moment's id of the customer that it was issued to."""
    for each in witness.left:
        wanted = Whose(each.company, told.identities[each.company, each.invoice])
        others = [name for _, name in each.held if name and name.company == each.company and name != wanted]
        if others:
            yield (
                f"invoice {each.invoice} of {each.company} left for {each.number}, the number of {others[0]}, "
                f"not {wanted}"
            )


def _records(stage: "Stage", told: "Belonging") -> Iterator[str]:
    """What nobody has made doubtful is as Moment has it; of all else, people know."""
    wanted: list[tuple[str, str, str, dict[str, Any]]] = [
        *(("customers", *key, data) for key, data in stage.story.customers.items()),
        *(("projects", *key, data) for key, data in stage.story.projects.items()),
    ]
    for table, company, number, data in wanted:
        owner, kind = _now(stage, CompanyId(company)), KIND[table]
        if owner is None:
            continue
        held = stage.server.state.tables[table].find("code", number)
        held = [each for each in held if each["owner"]["ownerCode"] == owner]
        is_right = len(held) == 1 and not list(_differences(held[0], data, stage))
        is_known = any(
            p.kind == kind and p.number == number for p in stage.ledger.problems.of(CompanyId(company))
        )
        if (company, kind, number) not in told.touched:
            names = [(each["description"], *_differences(each, data, stage)) for each in held]
            if not is_right:
                yield f"{kind} {number} of {company} in {owner} is {names}, not '{data['name']}'"
            if is_known:
                yield f"a false alarm about {kind} {number} of {company}"
        elif not is_right and not is_known:
            yield f"{kind} {number} of {company} is not as in Moment, and nobody was told"


def _doubled(stage: "Stage", witness: "Witness") -> Iterator[str]:
    """One record of Moment is one record of an entity, under whatever numbers, but for what people make beside it."""
    for table in NUMBERED:
        named = [
            (each["owner"]["ownerCode"], name)
            for each in stage.server.state.tables[table]
            if each["dbId"] not in witness.are_ours and (name := whose(each["description"]))
        ]
        yield from (f"{name} is in {owner} {n} times" for (owner, name), n in Counter(named).items() if n > 1)


def _differences(held: dict[str, Any], data: dict[str, Any], stage: "Stage") -> Iterator[str]:
    if held["description"] != data["name"]:
        yield held["description"]
    if "customerNumber" in data and "projectNumber" in data:
        named, told = whose(held["description"]), stage.story.belonging
        customer = whose((held.get("subledger") or {}).get("description"))
        if (
            named
            and told
            and customer != Whose(named.company, told.identities[named.company, data["projectNumber"]])
        ):
            yield f"with {customer}"
        return
    company = held.get("company") or {}
    legal = stage.server.state.tables["companies"].get(int(company["dbId"])) or {}
    if (legal.get("companyNumber") or None) != data.get("organizationNumber"):
        yield f"company number {legal.get('companyNumber')}"
    if country_code(legal.get("country")) not in (None, NORWAY):
        yield f"a company in {legal['country']}"


def _invoices(stage: "Stage", told: "Belonging") -> Iterator[str]:
    for company, numbers in stage.story.invoices.items():
        if company == SANDVIK:
            continue
        left = Counter(number for _, body in stage.csv_files(company) for number in numbers_in(body.decode()))
        problems = {p.number for p in stage.ledger.problems.of(CompanyId(company)) if p.kind == "invoice"}
        waits = {number for number in numbers if str(number) in problems}
        yield from (f"invoice {n} of {company} left {left[n]} times" for n in left if left[n] > 1)
        for number in numbers:
            customer = str(9_001 + told.identities[company, number])
            is_touched = (company, "customer", customer) in told.touched
            if not left[number] and not (is_touched and number in waits):
                yield f"invoice {number} of {company} is lost" + (
                    " though told of" if number in waits else ""
                )
    yield from (f"the bytes of {name} changed" for name in stage.bucket.changed if name.endswith(".csv"))


def _sandbox(stage: "Stage") -> Iterator[str]:
    """It is told that another company has its entity."""
    if SANDVIK not in stage.refused_saves or stage.told.accepted:
        yield f"{SANDVIK} was saved with the entity of another company"
    codes = {str(problem.code) for problem in stage.ledger.problems.of(SANDVIK)}
    if "ENTITY_TAKEN" not in codes:
        yield f"nobody was told that another company writes to the entity of {SANDVIK}: {codes}"
    if any(stage.csv_files(SANDVIK)):
        yield f"invoices of {SANDVIK} left, though nothing of it is in Xledger"
