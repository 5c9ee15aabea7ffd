"""An operator on one company, or all: pauses, sign-outs, links, files, shared entities, and how one leaves."""

import argparse
import hashlib
from tempfile import TemporaryFile

from local.company import Deployment, find_deployment, is_id, known
from local.operations.leaving import erase, leave, stay
from local.operations.refusals import asking_aws
from local.run.misuse import Misuse
from moment_xledger.domain.companies import CompanyId
from moment_xledger.domain.entities import Entity
from moment_xledger.domain.errors import Conflict
from moment_xledger.domain.exports import Export, Status
from moment_xledger.flows.fetch_file import Piece, name_of
from moment_xledger.flows.make_export import render
from moment_xledger.flows.pause_work import pause_work, resume_work
from moment_xledger.flows.share_entity import share_entity, unshare_entity
from moment_xledger.wiring import now

OF_ALL = ("pause", "resume")
OF_AN_EXPORT = ("revoke-links", "check-file")
OF_AN_ENTITY = ("share-entity", "unshare-entity")
WITH_A_REASON = ("pause", *OF_AN_ENTITY)
OF_A_LEAVER = {"leave": leave, "erase": erase}  # stay needs no files


def operate(options: argparse.Namespace) -> int:
    company = _company(options)
    _look_at(options)
    with asking_aws():
        deployment = find_deployment(options.stack)
        if company and options.what in OF_A_LEAVER:
            return OF_A_LEAVER[options.what](company, options.to, options.by, deployment)
        if company and options.what == "stay":
            return stay(company, deployment)
        if company and options.what != "share-entity":
            known(company, deployment)
        if options.what == "pause":
            return pause(company, options.by, options.reason, deployment)
        if options.what == "resume":
            return resume(company, options.by, deployment)
        assert company  # noqa: S101 the others are of one company
        if options.what in OF_AN_ENTITY:
            share = options.what == "share-entity"
            return _share(company, options.owner_code, options.by, options.reason, deployment, share=share)
        if options.what == "sign-out":
            return sign_out(company, deployment)
        return (revoke_links if options.what == "revoke-links" else check_file)(
            company, options.export, deployment
        )


def pause(company: CompanyId | None, who: str, why: str, deployment: Deployment) -> int:
    pause_work(company, who, why, deployment.use.ledger, now())
    print(f"{company or 'Everybody'}: paused. Events are taken in; nothing is sent. Resume it with `resume`.")
    return 0


def resume(company: CompanyId | None, who: str, deployment: Deployment) -> int:
    """1 where nothing was paused so, or something still is."""
    ledger = deployment.use.ledger
    was_paused = resume_work(company, who, ledger, now())
    print(f"{company or 'Everybody'}: " + ("resumed." if was_paused else "was not paused."))
    pauses, wanted = (
        ledger.pauses.now(),
        [company] if company else [each.id for each in ledger.companies.every()],
    )
    still = {each: pause for each in wanted if (pause := pauses.of(each))}
    for each, pause in still.items():
        whose = "with all" if pauses.everybody is pause else "by itself"
        print(f"! {each} is still paused, {whose}, since {pause.since:%Y-%m-%d %H:%M} UTC: {pause.why}")
    return 0 if was_paused and not still else 1


def _share(
    company: CompanyId, owner_code: int, who: str, why: str, deployment: Deployment, *, share: bool
) -> int:
    entity = Entity.at(deployment.url, owner_code)
    decide = share_entity if share else unshare_entity
    try:
        decide(company, entity, who, why, deployment.use.ledger, now())
    except Conflict:
        raise Misuse("Somebody else changed who writes there at the same moment; try again.") from None
    others = [
        each for each in deployment.use.ledger.entities.writers(str(entity)).companies if each != company
    ]
    print(
        f"{company}: may {'' if share else 'no longer '}write to {owner_code} beside {', '.join(others) or 'others'}."
    )
    return 0


def sign_out(company: CompanyId, deployment: Deployment) -> int:
    count = deployment.use.ledger.sessions.revoke(company)
    print(f"{company}: {count} sessions are ended.")
    return 0


def revoke_links(company: CompanyId, number: int, deployment: Deployment) -> int:
    count = deployment.use.ledger.links.revoke(company, _export(company, number, deployment).number)
    print(f"{company}: {count} links to export {number} open nothing any more.")
    return 0


def check_file(company: CompanyId, number: int, deployment: Deployment) -> int:
    """0 if the file that is stored, and the one made again from the ledger, are what was exported."""
    export = _export(company, number, deployment)
    stored = deployment.use.files.read(_place(export))
    print(f"{_place(export)}: {export.invoices} invoices, SHA-256 {export.sha256}")
    found = {
        "stored": hashlib.sha256(stored).hexdigest() if stored is not None else "missing",
        "made again": _made_again(export, deployment),
    }
    for which, sha256 in found.items():
        print(f"+ {which}: the same" if sha256 == export.sha256 else f"! {which}: {sha256}")
    return 0 if set(found.values()) == {export.sha256} else 1


def _made_again(export: Export, deployment: Deployment) -> str:
    with TemporaryFile() as out:
        return render(export, deployment.use.ledger, out).sha256


def _place(export: Export) -> str:
    return export.folder + name_of(export, Piece.FILE)


def _export(company: CompanyId, number: int, deployment: Deployment) -> Export:
    export = deployment.use.ledger.exports.get(company, number)
    if export is None or export.status is not Status.READY:
        raise Misuse(f"--export {number}: {company} has no finished export of that number.")
    return export


def _company(options: argparse.Namespace) -> CompanyId | None:
    """None for all of them."""
    if options.all and options.id is None and options.what in OF_ALL:
        return None
    if options.all:
        raise Misuse("--all goes with pause and resume, and in place of ID.")
    if not is_id(options.id):
        raise Misuse("ID: must be 1 to 64 characters of a-z, 0-9, _ and -.")
    return CompanyId(options.id)


def _look_at(options: argparse.Namespace) -> None:
    if (options.what in WITH_A_REASON) != bool(options.reason):
        raise Misuse(
            "--reason goes with pause, share-entity and unshare-entity, and they with it; the company can read it."
        )
    if (options.what in OF_AN_ENTITY) != (options.owner_code is not None):
        raise Misuse("--owner-code goes with share-entity and unshare-entity, and they with it.")
    if (options.what in OF_AN_EXPORT) != (options.export is not None):
        raise Misuse("--export goes with revoke-links and check-file, and they with it, such as --export 7.")
    if (options.what in OF_A_LEAVER) != bool(options.to):
        raise Misuse("--to goes with leave and erase, and they with it: a folder, or s3://BUCKET/PREFIX.")
    if options.settings or options.keys or options.month:
        raise Misuse("--settings and --keys go with create, --month with report.")
