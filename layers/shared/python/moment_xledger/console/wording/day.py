from collections.abc import Mapping

WORDS: Mapping[str, tuple[str, str]] = {
    "day": ("De siste 24 timene", "The last 24 hours"),
    "day_records": ("Overført til Xledger per time", "Carried into Xledger by the hour"),
    "day_requests": ("Forespørsler per time", "Requests by the hour"),
    "day_highest": ("høyest {0}", "at most {0}"),
    "day_customers": ("kunder", "customers"),
    "day_projects": ("prosjekter", "projects"),
    "day_asked": ("forespørsler", "requests"),
    "day_turned_away": ("avvist", "turned away"),
    "day_closed": ("stengt", "closed"),
    "day_said": (
        (
            "{0} {0:kunde|kunder} og {1} {1:prosjekt|prosjekter} er overført med {2} {2:forespørsel|forespørsler}; "
            "{3} ble avvist. Ganger stengt: {4}."
        ),
        (
            "{0} {0:customer|customers} and {1} {1:project|projects} were carried with {2} {2:request|requests}; "
            "{3} {3:was|were} turned away. Times closed: {4}."
        ),
    ),
    "day_quiet": ("Ingenting er overført eller spurt om.", "Nothing was carried or asked for."),
    "day_shared": (
        "Forespørslene teller med nøkkelen, og andre selskaper bruker den samme.",
        "Requests count by the key, and other companies use the same one.",
    ),
    "day_table": ("Tallene time for time", "The figures hour by hour"),
    "day_only_used": ("Timer uten noe er utelatt.", "Hours with nothing in them are left out."),
    "day_hour": ("Fra", "From"),
    "day_refused": ("Poster avvist", "Records refused"),
    "day_closings": ("Når veien var stengt", "When the way was closed"),
    "day_from_to": ("{0} til {1}", "{0} to {1}"),
    "day_from_on": ("fra {0}", "from {0}"),
    "month_included": ("Avtalen omfatter {0}.", "The agreement includes {0}."),
    "month_forecast": ("Det ser ut til å bli {0}.", "It is likely to be {0}."),
    "month_price": ("Hver forespørsel over det koster {0}.", "Each request over that costs {0}."),
    "month_over": ("Det blir {0} i alt.", "That is {0} in all."),
    "month_reached": ("Over {0} % er brukt.", "More than {0} % is used."),
    "requests_this_month": ("{0} denne måneden.", "{0} this month."),
}
