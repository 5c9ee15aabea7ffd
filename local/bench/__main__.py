"""`python -m local.bench`: prints a Markdown table of what was promised, what is, and what a naive client does."""

from local.bench import costs, edits, exports, memory, onboarding
from moment_xledger.domain.files.settings import FileFormat

FEW, MANY = 1_000, 20_000


def main() -> None:
    print("| what | promised | ours | one by one | ratio |")
    print("| --- | --- | --- | --- | --- |")
    _edits()
    _onboarding()
    _memory()
    _exports()
    _costs()


def _edits() -> None:
    ours, naive = edits.ours(), edits.naive()
    what = f"{edits.EDITS:,} edits of {edits.CUSTOMERS:,} customers in 10 min, {edits.PLAN} requests an hour"
    _row(f"{what}: requests", "≤ 200", ours.requests, naive.requests)
    _row("… refused by Xledger", "0", ours.refused, naive.refused)
    _row("… in the dead-letter queue", "0", ours.dead, naive.dead)
    _row("… customers not at their newest version at the end", "0", ours.wrong, naive.wrong)
    _row("… minutes until all was over", "", round(ours.minutes), round(naive.minutes))


def _onboarding() -> None:
    what = f"{onboarding.CUSTOMERS:,} new customers and {onboarding.PROJECTS:,} projects: requests"
    _row(what, "≤ 300", onboarding.ours(), onboarding.naive())


def _memory() -> None:
    few, many = memory.peak_megabytes(FEW), memory.peak_megabytes(MANY)
    what = f"A worker's peak memory with {MANY:,} records waiting, to that with {FEW:,}"
    print(f"| {what} | flat, < 2 | {many:.0f} MB : {few:.0f} MB | | {many / few:.2f} |", flush=True)


def _exports() -> None:
    for file_format in FileFormat:
        ours, bare = exports.speed(file_format)
        what = f"An export's rows a second in {file_format}, beside a bare `csv.writer` over the same rows"
        print(f"| {what} | ≥ 0.5 | {ours:,.0f} | {bare:,.0f} | {ours / bare:.2f} |", flush=True)
    what = f"Memory above idle for the files of {exports.MANY_INVOICES:,} invoices"
    print(f"| {what} | ≤ 64 MB | {exports.megabytes_above_idle():.0f} MB | | |", flush=True)


def _costs() -> None:
    ours, bare = costs.seconds()
    what = (
        f"Seconds to read and judge {costs.LINES:,} posted lines, beside a bare `iterparse` of the same bytes"
    )
    print(f"| {what} | ≤ 2 | {ours:.1f} | {bare:.1f} | {ours / bare:.2f} |", flush=True)
    what = f"Peak memory of a run that imports {costs.LINES:,} posted lines"
    print(f"| {what} | ≤ 256 MB | {costs.peak_megabytes():.0f} MB | | |", flush=True)


def _row(what: str, promised: str, ours: int, naive: int) -> None:
    ratio = f"1 : {naive / ours:,.0f}" if ours else ""
    print(f"| {what} | {promised} | {ours:,} | {naive:,} | {ratio} |", flush=True)


if __name__ == "__main__":
    main()
