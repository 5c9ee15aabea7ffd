"""What people saw in the console and were told there, held against what is so: seen from outside, as in `checks`."""

import hashlib
import json
from collections import Counter
from collections.abc import Iterator
from typing import TYPE_CHECKING

from local.proof.arrivals import numbers_in
from local.proof.desk import BORDVIK, NEW_KEY, wishes
from local.proof.people import arrived_mails
from moment_xledger.domain.companies import CompanyId, Token
from moment_xledger.domain.deeds import What
from moment_xledger.domain.typed_settings import as_typed

if TYPE_CHECKING:
    from local.proof.stage import Stage


def wrong_words(stage: "Stage") -> Iterator[str]:
    yield from _entries(stage)
    yield from _files(stage)
    yield from _either_way(stage)
    yield from _again(stage)
    if BORDVIK in stage.story.by_either_route:
        yield from _settings(stage)


def _entries(stage: "Stage") -> Iterator[str]:
    """The link itself is a key, so it is not repeated here."""
    for _, times in stage.told.entered.items():
        if times > 1:
            yield f"{times} got in by one link"


def _files(stage: "Stage") -> Iterator[str]:
    """An export is the same bytes for everybody and for ever, and nobody fetches one unseen."""
    first: dict[tuple[CompanyId, int, str], bytes] = {}
    for each in stage.told.fetched:
        name = f"the {each.piece} of export {each.export} of {each.company}"
        if first.setdefault((each.company, each.export, each.piece), each.content) != each.content:
            yield f"{name} was fetched with two contents"
        if each.piece == "file" and hashlib.sha256(each.content).hexdigest() != each.sha256:
            yield f"{name} is not what its page says"
    for company, times in Counter(each.company for each in stage.told.fetched).items():
        noted = sum(deed.what is What.FETCHED_FILE for deed in stage.ledger.audit.of(company))
        if noted < times:
            yield f"files of {company} were fetched {times} times, and {noted} of them noted"


def _either_way(stage: "Stage") -> Iterator[str]:
    """Each invoice left once, by file or by mail; one that a person skipped, never."""
    for company, numbers in stage.story.by_either_route.items():
        left = Counter(
            number
            for name, body in stage.csv_files(company)
            if not _repeats(stage, name)
            for number in numbers_in(body.decode())
        )
        for number in numbers:
            times = left[number] + arrived_mails(stage, CompanyId(company), number)
            if times not in _right(stage, company, number):
                yield f"invoice {number} of {company} left {times} times"
        yield from (f"invoice {n} of {company} is nobody's" for n in left if n not in numbers)


def _right(stage: "Stage", company: str, number: int) -> set[int]:
    """How often it may have left. Whoever pressed and saw an error cannot know."""
    was_told = stage.told.skipping.get((CompanyId(company), number))
    return {1} if was_told is None else {0} if was_told else {0, 1}


def _repeats(stage: "Stage", name: str) -> bool:
    slip = json.loads(stage.bucket.files[name.removesuffix(".csv") + ".json"])
    return slip["repeats"] is not None


def _again(stage: "Stage") -> Iterator[str]:
    for company in stage.story.companies:
        made = sum(_repeats(stage, name) for name, _ in stage.csv_files(company.id))
        asked = len(stage.told.again.get(company.id, ()))
        if made > asked:
            yield f"{made} exports of {company.id} were made again, and {asked} asked for"


def _settings(stage: "Stage") -> Iterator[str]:
    """What every administrator wanted is so, was saved once, and the key in use is the one that was saved."""
    company = stage.ledger.companies.get_known(BORDVIK)
    typed = as_typed(company)
    saved = list(stage.ledger.settings_history.of(BORDVIK))[:-1]  # but for the first, which was before all
    times = Counter(change.field for each in saved for change in each.changes)
    for wanted in wishes(stage.fates.random).values():
        for field, value in wanted.items():
            if field in typed and typed[field] != value:
                yield f"{field} of {BORDVIK} is {typed[field]!r}, not {value!r}"
            if times[field] != 1:
                yield f"{field} of {BORDVIK} was changed {times[field]} times"
    token = stage.vault.xledger_token(company)
    if token != Token(NEW_KEY):
        yield f"the key of {BORDVIK} is not the one that was saved"
    if token is None or stage.vault.fingerprint(token) != company.token_id:
        yield f"{BORDVIK} has the fingerprint of another key than its own"
