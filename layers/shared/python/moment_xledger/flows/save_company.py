"""Saves what the form says. Keys go where secrets are kept; the ledger knows only the token's fingerprint, and which of
the stored keys are meant.

One write of the ledger is the save: settings, the name of the keys, the line of the history, and marks for all that
waited. Read what comes before it as: *if the process dies here, nothing was saved, and nothing is the worse for it*:
keys that nobody names are read by nobody, and a gate that was opened in vain is closed by the next request. What comes
after it the next save does as well, or `watch_deadlines`.
"""

import json
from collections.abc import Callable, Collection, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from pydantic import ValidationError

from moment_xledger.domain import expense_runs
from moment_xledger.domain.companies import (
    Company,
    CompanyId,
    KeysId,
    Route,
    Secrets,
    TokenId,
    can_be_mailed_to,
)
from moment_xledger.domain.days import day_in_oslo
from moment_xledger.domain.errors import Conflict
from moment_xledger.domain.gate import reopen
from moment_xledger.domain.preflight import STALE
from moment_xledger.domain.problems import Code
from moment_xledger.domain.settings_changes import Saved, changes
from moment_xledger.domain.settings_faults import (
    BadSettings,
    FieldFault,
    bad_settings,
    not_mailed_to,
    rates_differ,
)
from moment_xledger.domain.typed_keys import changed_keys, check_complete, tails, with_typed
from moment_xledger.domain.uploads import State
from moment_xledger.domain.vat_rates import RateSources, VatRates, differing
from moment_xledger.flows.find_entity import NUMBER, SETTINGS, TROUBLES, entity_of_save

if TYPE_CHECKING:
    from moment_xledger.adapters.ledger import Ledger
    from moment_xledger.adapters.secrets import Vault

MOST_BYTES = 64 * 1024
OPERATOR = "operator"
NO_TOKEN = TokenId("")
TOKEN_TROUBLES = (Code.TOKEN_REFUSED, Code.REFUSED_WITHOUT_REASON)
ADDRESS_STOPPED = (Code.NOTICE_ADDRESS_STOPPED, Code.RECEPTION_ADDRESS_STOPPED)


@dataclass(frozen=True)
class Form:
    """As it was sent. `since` is the version that it was filled out from; 0 for a company that is new.

    `removed` names keys that are to go. `keys` that are empty stay as they are stored.
    """

    company: CompanyId
    settings: Mapping[str, Any]
    keys: Mapping[str, Any]
    since: int
    by: str
    removed: Collection[str] = ()


def save_form(
    form: Form, ledger: "Ledger", vault: "Vault", clock: Callable[[], datetime], url: str
) -> Company:
    """`url`: where Xledger answers GraphQL.

    Raises `BadSettings` with what is wrong, and `Conflict` if somebody else saved meanwhile; then nothing is saved.
    """
    if len(json.dumps([dict(form.settings), dict(form.keys)], default=str)) > MOST_BYTES:
        raise BadSettings([FieldFault("form")])
    settings = {**form.settings, "id": form.company}
    before = ledger.companies.get(form.company) if form.since else None
    if not form.since and ledger.companies.get(form.company) is None:
        ledger.probes.require(form.company)
    try:
        secrets = with_typed(form.keys, vault.secrets(before) if before else None, form.removed)
    except BadSettings as bad:
        raise BadSettings([*bad.faults, *_faults(settings)]) from None
    return save_company(
        settings, secrets, ledger, vault, clock, url, by=form.by, since=form.since, removed=form.removed
    )


def save_company(
    settings: Mapping[str, Any],
    secrets: Secrets,
    ledger: "Ledger",
    vault: "Vault",
    clock: Callable[[], datetime],
    url: str,
    *,
    by: str = OPERATOR,
    since: int | None = None,
    removed: Collection[str] = (),
) -> Company:
    """`settings` are the fields of `Company` but its token and its keys. Raises as `save_form`."""
    company = _read(settings, vault.fingerprint(secrets.xledger_token))
    check_complete(company, secrets, removed)
    known = ledger.references.vat_rates(company.token_id, clock() - STALE)
    check_agrees(company, known, day_in_oslo(clock()))
    before, version = ledger.companies.get_with_version(company.id)
    if since not in (None, version):
        raise Conflict  # before keys are stored that nobody would ever name
    company = _without_the_old_keys_end(company, before)
    moving = entity_of_save(company, ledger, url)
    stored = vault.secrets(before) if before else None
    keys_id = _keys_id(company, secrets, before, stored, vault)
    saved = Saved(version + 1, clock(), by, changes(before, company, changed_keys(stored, secrets)))
    company = company.model_copy(update={"keys_id": keys_id})
    open_gate(company.token_id, ledger, clock())
    in_use, before_that = _addresses(company), _addresses(before)
    try:
        ledger.companies.save_form(company, version, saved, tails(secrets), in_use - before_that, moving)
    except Conflict:
        entity_of_save(company, ledger, url)  # where another company was faster, that is what is wrong
        raise
    vault.adopt(company)
    close_refusals(company.token_id, ledger)
    _hurry_uploads(company.id, ledger, clock())
    ledger.waits.recheck(company.id, clock())
    changed = [("settings", address) for address in sorted(in_use ^ before_that)]
    ledger.problems.close(company.id, changed, ADDRESS_STOPPED)
    if not company.writes_to_xledger:
        ledger.problems.close(company.id, [(SETTINGS, NUMBER)], TROUBLES)
    if not company.import_expenses:
        ledger.problems.close(company.id, [(expense_runs.KIND, "")], expense_runs.ABOUT_ALL)
    return company


def check_agrees(company: Company, known: VatRates | None, day: date) -> None:
    """Only of what is saved now: an older release may have stored something else. `known`: Xledger's own rates; before
    the first test there are none.

    Raises `BadSettings`.
    """
    named = [
        ("reception_address", company.reception_address or ""),
        *(("notify", to) for to in company.notify),
    ]
    if wrong := [not_mailed_to(field, to) for field, to in named if not can_be_mailed_to(to)]:
        raise BadSettings(wrong)
    if company.route is Route.OFF:
        return
    if differ := differing(company.vat_codes, RateSources(known, company.own_rates), day):
        raise BadSettings([rates_differ(differ)])


def _keys_id(
    company: Company, secrets: Secrets, before: Company | None, stored: Secrets | None, vault: "Vault"
) -> KeysId:
    """Of keys that did not change: the same. The version before is marked first, should its save have died before."""
    if before and stored == secrets:
        return before.keys_id
    if before and stored:
        vault.adopt(before)
    return vault.offer(company.id, secrets)


def _read(settings: Mapping[str, Any], token_id: TokenId) -> Company:
    try:
        return Company.model_validate({**settings, "token_id": token_id})
    except ValidationError as error:
        raise bad_settings(error) from None  # its text quotes what was typed


def _faults(settings: Mapping[str, Any]) -> tuple[FieldFault, ...]:
    """Whatever the token is, so that all that is wrong is said at once."""
    try:
        _read(settings, NO_TOKEN)
    except BadSettings as bad:
        return bad.faults
    return ()


def _without_the_old_keys_end(company: Company, before: Company | None) -> Company:
    """A date that nobody touched while the key was changed is that of the old one."""
    if before is None or before.token_id == company.token_id or before.token_expires != company.token_expires:
        return company
    return company.model_copy(update={"token_expires": None})


def _addresses(company: Company | None) -> set[str]:
    """That something is mailed to."""
    return {*company.notify, *filter(None, [company.reception_address])} if company else set()


def _hurry_uploads(company: CompanyId, ledger: "Ledger", now: datetime) -> None:
    """What waits for a better login or setting is tried with these, not when its time has come. Whoever writes one at
    this moment has it in hand."""
    for upload in ledger.uploads.open(company):
        if upload.state is State.PENDING and not upload.is_due(now):
            with suppress(Conflict):
                ledger.uploads.save(replace(upload, again=now), is_open=True)


def open_gate(token_id: TokenId, ledger: "Ledger", now: datetime) -> None:
    """If it is, or may be, closed for the token's sake. A worker that writes it just now has tried the token: what it
    found stands, and what is saved here is saved all the same. Work that has stopped is tried again at once."""
    ledger.stops.hurry(token_id, now)
    gate = ledger.gates.get(token_id)
    if (opened := reopen(gate, now)) != gate:
        with suppress(Conflict):
            ledger.gates.save(token_id, opened)


def close_refusals(token_id: TokenId, ledger: "Ledger") -> None:
    """Of all who share it: the way is open."""
    for sharing in ledger.companies.sharing(token_id):
        ledger.problems.close(sharing.id, [("settings", "")], TOKEN_TROUBLES)
