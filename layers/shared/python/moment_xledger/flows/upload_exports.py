"""Hands the files of a company's exports to Xledger's import, the oldest first.

When Xledger is out of reach or refuses the login, the run ends: it is asked again after a while that doubles, not once
for each file, and a wrong password is not tried so often that Xledger closes the user.
"""

from collections import Counter
from dataclasses import replace
from datetime import timedelta

from moment_xledger.domain.companies import CompanyId
from moment_xledger.domain.errors import Conflict
from moment_xledger.domain.uploads import State, Upload, wait_before
from moment_xledger.flows.upload_export import Outcome, Run, Uploader, upload_export

_LAST = {State.PENDING: 1, State.TAKEN_APART: 2, State.OVERTAKEN: 2, State.UPLOADED: 3}
ENDS_THE_RUN = {Outcome.DELAYED, Outcome.LOGIN_REFUSED, Outcome.SETTING_MISSING}
SLICE = timedelta(
    seconds=45
)  # of a function that may run for 300: two logons and two uploads of a minute fit behind


def upload_exports(company_id: CompanyId, uploader: Uploader) -> Counter[Outcome]:
    """What became of how many. A file that somebody else is sending at this moment is left to them, and none is sent
    while the work is paused."""
    run = Run(uploader.ledger.companies.get_known(company_id), uploader)
    outcomes: Counter[Outcome] = Counter()
    began = uploader.clock()
    waiting = _in_turn(company_id, uploader)
    while waiting and uploader.clock() < began + SLICE and not _is_paused(company_id, uploader):
        outcome = upload_export(waiting.pop(0), run)
        outcomes[outcome] += 1
        if outcome in ENDS_THE_RUN:
            _put_off(waiting, run)
            break
    return outcomes


def _in_turn(company: CompanyId, uploader: Uploader) -> list[Upload]:
    """What was left behind comes first: nothing is sent for it. Looks for what was handed over come last."""
    now = uploader.clock()
    due = [upload for upload in uploader.ledger.uploads.open(company) if upload.is_due(now)]
    return sorted(due, key=lambda upload: (_LAST.get(upload.state, 0), upload.members_of))


def _is_paused(company: CompanyId, uploader: Uploader) -> bool:
    return uploader.ledger.pauses.now().of(company) is not None


def _put_off(uploads: list[Upload], run: Run) -> None:
    for upload in (each for each in uploads if each.state is State.PENDING):
        again = run.uploader.clock() + wait_before(upload.tries + 1)
        try:
            run.save(replace(upload, again=again))
        except Conflict:  # somebody else has taken it up meanwhile
            continue
