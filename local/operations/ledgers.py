"""`ledger compare | put-back`: the ledger beside a copy that was restored from a backup.

A copy is older than the ledger, so that items differ is normal. What only the copy has was lost, or is over by now.
Links, sessions and pauses are never put back: they may have been taken back on purpose. Nor is anything of a company
that has left since.
"""

import argparse
from collections import Counter
from collections.abc import Iterator
from itertools import islice
from tempfile import TemporaryFile
from typing import Any

import boto3
from boto3.dynamodb.conditions import Attr

from local.operations.refusals import asking_aws
from local.operations.stack import names_of, unfinished
from local.run.misuse import Misuse
from moment_xledger.adapters.ledger import Ledger
from moment_xledger.adapters.ledger.keys import LEAVERS
from moment_xledger.adapters.table import MOST_KEYS, Item, Put, Table
from moment_xledger.domain.companies import CompanyId
from moment_xledger.domain.errors import Conflict
from moment_xledger.domain.exports import Export, Status
from moment_xledger.domain.retention import company_of
from moment_xledger.flows.make_export import render

NEVER_PUT_BACK = ("LINK#", "ENTRY#", "SESSION#", "PAUSES")


def ledger(options: argparse.Namespace) -> int:
    with asking_aws():
        table = names_of(options.stack, "AWS::DynamoDB::Table").get("Table")
        if table is None:
            raise unfinished(options.stack)
        if options.copy == table:
            raise Misuse(
                f"--copy {table}: is the ledger itself; name the table that was restored from a backup."
            )
        if not _exists(options.copy):
            raise Misuse(f"--copy {options.copy}: there is no such table in this account and region.")
        return {"compare": compare, "put-back": put_back}[options.what](table, options.copy)


def _exists(table: str) -> bool:
    client = boto3.client("dynamodb")
    try:
        client.describe_table(TableName=table)
    except client.exceptions.ResourceNotFoundException:
        return False
    return True


def compare(table: str, copy: str) -> int:
    """0 if the copy has nothing that the ledger lacks, and each of its exports can be made again from it."""
    lost = Counter(item["sk"].split("#")[0] for item in _lost(_named(table), copy))
    print(
        f"only in {copy}: {lost.total()}"
        + "".join(f", {count} {what}" for what, count in sorted(lost.items()))
    )
    of_copy = Ledger(_named(copy))
    exports = list(_exports(of_copy))
    wrong = [export for export in exports if not _can_be_made_again(export, of_copy)]
    print(f"exports in {copy} that come out the same: {len(exports) - len(wrong)} of {len(exports)}")
    for export in wrong:
        print(f"! {export.company}, export {export.number}: differs")
    return 1 if lost or wrong else 0


def put_back(table: str, copy: str) -> int:
    """What only the copy has. Nothing that is there is changed."""
    everybody = Ledger(into := _named(table)).pauses.now().everybody
    if everybody is None or everybody.lifted:
        raise Misuse(
            "Work goes on in the ledger: first `company pause --all`, and resume when all is compared."
        )
    count = sum(_put(item, into) for item in _lost(into, copy))
    print(f"{count} items of {copy} are put back.")
    return 0


def _lost(table: Table, copy: str) -> Iterator[Item]:
    left = {CompanyId(item["sk"]) for item in table.query(LEAVERS)}
    items = (item for item in _scan(copy) if not _is_of(left, item))
    while some := {(item["pk"], item["sk"]): item for item in islice(items, MOST_KEYS)}:
        there = table.get_many(some)
        yield from (item for key, item in some.items() if key not in there)


def _is_of(companies: set[CompanyId], item: Item) -> bool:
    """Its own partitions, and what names it in others: by the end of the key."""
    pk, sk = item["pk"], item["sk"]
    return company_of(pk) in companies or (
        pk.startswith(("COMPANIES", "CRED#")) and sk.rpartition("#")[2] in companies
    )


def _scan(name: str) -> Iterator[Item]:
    table = boto3.resource("dynamodb").Table(name)
    page: dict[str, Any] = {}
    while True:
        found: Any = table.scan(ConsistentRead=True, **page)
        for item in found["Items"]:
            if not any(part.startswith(NEVER_PUT_BACK) for part in (item["pk"], item["sk"])):
                yield item
        if "LastEvaluatedKey" not in found:
            return
        page = {"ExclusiveStartKey": found["LastEvaluatedKey"]}


def _put(item: Item, into: Table) -> bool:
    """False where somebody has made it meanwhile."""
    key = (item.pop("pk"), item.pop("sk"))
    try:
        into.write(Put(key, item, when=Attr("pk").not_exists()))
    except Conflict:
        return False
    return True


def _exports(of: Ledger) -> Iterator[Export]:
    for company in of.companies.every():
        made = of.exports.newest_first(company.id)
        yield from (export for export in made if export.status is Status.READY)


def _can_be_made_again(export: Export, of: Ledger) -> bool:
    with TemporaryFile() as out:
        return render(export, of, out).sha256 == export.sha256


def _named(table: str) -> Table:
    return Table(boto3.client("dynamodb"), table)
