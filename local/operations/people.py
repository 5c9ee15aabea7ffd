"""`person find | erase`: what is kept of a person in one company, and its erasure where the books do not keep it.

Who it is comes from a file or the keyboard, and is never printed, logged or kept.
"""

import argparse
import sys
from collections import Counter
from collections.abc import Iterable
from pathlib import Path

from local.company import Deployment, find_deployment, is_id, known
from local.operations.refusals import asking_aws
from local.run.misuse import Misuse
from moment_xledger.domain.companies import CompanyId
from moment_xledger.domain.deeds import Deed, What
from moment_xledger.domain.errors import Conflict
from moment_xledger.domain.people import Fate, Found, Wanted
from moment_xledger.wiring import now

NOT_SEARCHED = (
    "Not searched: files of exports and invoice mails (kept for the books), rejected events and queues (14 days), "
    "backups (35 days). Logs name nobody."
)


def person(options: argparse.Namespace) -> int:
    if not is_id(options.id):
        raise Misuse("ID: must be 1 to 64 characters of a-z, 0-9, _ and -.")
    wanted = _wanted(options.who)
    with asking_aws():
        deployment = find_deployment(options.stack)
        company = known(CompanyId(options.id), deployment).id
        if options.what == "find":
            return show(deployment.use.ledger.people.find(company, wanted))
        return erase(company, wanted, options.by, deployment)


def show(found: Iterable[Found]) -> int:
    counts = Counter(found)
    for each, count in sorted(counts.items(), key=lambda pair: (pair[0].fate, pair[0].what)):
        mark = "!" if each.fate is Fate.KEPT else "+"
        until = f" until {each.until:%Y-%m-%d}" if each.until else ""
        why = f" ({each.why}{until})" if each.why else until
        print(f"{mark} {each.fate}, {count}: {each.what}{why}")
    if not counts:
        print("Nothing is found.")
    print(NOT_SEARCHED)
    return 0


def erase(company: CompanyId, wanted: Wanted, by: str, deployment: Deployment) -> int:
    ledger = deployment.use.ledger
    try:
        done = list(ledger.people.erase(company, wanted, by, now()))
    except Conflict:
        raise Misuse("Somebody else wrote the same at this moment; say it again.") from None
    ledger.audit.note(Deed(company, now(), by, What.FORGOT_PERSON))
    return show(done)


def _wanted(who: str) -> Wanted:
    """A name, an address or a customer number on each line."""
    if who != "-" and not Path(who).is_file():
        raise Misuse("--who: there is no such file; - reads the keyboard.")
    lines = (sys.stdin.read() if who == "-" else Path(who).read_text("utf-8")).splitlines()
    try:
        return Wanted(lines)
    except ValueError as wrong:
        raise Misuse(f"--who: {wrong}.") from None
