"""What is done for each entry: its trouble, its commands, its check."""

from collections.abc import Callable

from local.rehearsal.entries import arrivals, files, ledger, machine, mails, records, tokens, xledger
from local.rehearsal.scene import Scene

Play = Callable[[Scene], None]

# In the order in which they are played: what cannot be taken back comes last.
PLAYS: dict[str, Play] = {
    **machine.ENTRIES,
    **arrivals.ENTRIES,
    **records.ENTRIES,
    **xledger.ENTRIES,
    **tokens.ENTRIES,
    **files.ENTRIES,
    **mails.ENTRIES,
    **ledger.ENTRIES,
}
