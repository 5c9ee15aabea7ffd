from collections.abc import Mapping

WORDS: Mapping[str, tuple[str, str]] = {
    "expenses": ("Utgifter fra Xledger", "Expenses from Xledger"),
    "expenses_in_moment": ("I Moment", "In Moment"),
    "expenses_last_run": ("Sist hentet", "Last fetched"),
    "expenses_no_run": ("Ikke ennå; det skjer hver time.", "Not yet; it happens every hour."),
    "expenses_unfinished": ("Kom ikke helt gjennom.", "Did not come to its end."),
    "expenses_did": (
        "{0} {0:ny|nye}, {1} endret, {2} satt til null.",
        "{0} new, {1} changed, {2} set to zero.",
    ),
}
