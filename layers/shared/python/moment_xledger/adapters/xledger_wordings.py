"""The words by which a refusal of the request itself is told from a refusal of a record's values.

Nobody has published how Xledger words most of these. Its server looks like GraphQL.NET; the wordings of the other
well-known servers are here too, and the error codes that each gives. What no pattern knows is a refusal of a record.
"""

import re

# Rules of GraphQL's own validation, as GraphQL.NET, Apollo, HotChocolate and graphql-java name them in an error's code.
DOCUMENT_CODES = re.compile(
    "|".join(
        (
            r"GRAPHQL_(VALIDATION|PARSE)_FAILED",
            r"(.*_)?SYNTAX(_ERROR)?",
            r"PARSE_ERROR",
            r"(NO|INVALID)_OPERATION",
            r"OPERATION_RESOLUTION_FAILURE",
            r"PERSISTED_QUERY_\w+",
            r"HC00(0[1-9]|1[0-9])",
            r"(DEFAULT_VALUES|ARGUMENTS|FIELDS|VALUES|LITERALS)_O[FN]_CORRECT_TYPE",
            r"KNOWN_(ARGUMENT_NAMES|TYPE_NAMES|DIRECTIVES\w*|FRAGMENT_NAMES|OPERATION_TYPES)",
            r"PROVIDED_(NON_NULL|REQUIRED)_ARGUMENTS",
            r"SCALAR_LEAFS",
            r"FRAGMENTS_ON_COMPOSITE_TYPES",
            r"VARIABLES_(ARE_INPUT_TYPES|IN_ALLOWED_POSITION)",
            r"NO_(UNDEFINED|UNUSED)_(VARIABLES|FRAGMENTS)",
            r"OVERLAPPING_FIELDS_CAN_BE_MERGED",
            r"POSSIBLE_FRAGMENT_SPREADS",
            r"LONE_ANONYMOUS_OPERATION",
            r"UNIQUE_(ARGUMENT|DIRECTIVE|FRAGMENT|INPUT_FIELD|OPERATION|VARIABLE)\w*",
            r"FIELD_?UNDEFINED",
            r"UNDEFINED_?FIELD",
            r"UNKNOWN_?ARGUMENT",
            r"ARGUMENT_?(LITERALS_?INCOMPATIBLE|NOT_?ACCEPTED)",
            r"MISSING_?REQUIRED_?ARGUMENTS",
        )
    )
)

DOCUMENT_WORDS = re.compile(
    "|".join(
        (
            # graphql-js and those that follow it
            r"^Cannot query field",
            r"^Unknown (argument|type|directive|fragment|operation)\b",
            r"^Syntax Error",
            r"^Expected (value of )?type\b",
            r"^Must provide (an? )?(query|operation|document)",
            r"^Variable .\$\w+.? (is not defined|is never used|cannot be non-input type|of required type)",
            r"^Variable .\$\w+.? of type .* used in position",
            r"\b[Ff]ield .[^ ]+. is not defined by type",
            r"^Field .+ (must not have a selection|of type .+ must have a selection)",
            r"^Field .+ argument .+ of type .+ is required",
            r"^Argument .+ of required type",
            r"^(Enum .+ cannot represent|Value .+ does not exist in .+ enum)",
            r"^Fields .+ conflict because",
            # GraphQL.NET
            r"^Argument ['\"]?\w+['\"]? has (an )?invalid value",
            r"Unrecogni[sz]ed input fields?",
            r"^Error parsing (query|document)",
            r"In field .\w+.: \[?Unknown field",
            # HotChocolate
            r"^The field .+ does not exist on (the )?type",
            r"^The argument .+ does not exist",
            r"^The specified input object field .+ does not exist",
            r"^The (variable .+|specified .*)is not compatible with the type",
            r"^The specified .* does not match the (field|argument) type",
            # graphql-java
            r"^Validation error ?(of type|\()",
            r"contains a field name .+ that is not defined for input",
            # graphql-ruby
            r"^Field .+ (doesn't exist on type|doesn't accept argument)",
            r"^InputObject .+ doesn't accept argument",
            r"\(Field is not defined on ",
        )
    ),
    re.DOTALL,
)

# A variable that does not fit; of one record's value where its place among the inputs is named.
VARIABLE_WORDS = re.compile(r"^(?:Invalid value for variable|Variable) .?\$", re.DOTALL)

POSITION = re.compile(r"\binputs(?:\[(\d+)\]|\.(\d+)\b)")

RIGHT_CODES = re.compile(
    "|".join(
        (
            r"FORBIDDEN",
            r"ACCESS_?DENIED",
            r"NOT_?AUTHORI[SZ]ED",
            r"AUTHORI[SZ]ATION",
            r"PERMISSION",
            r"SCOPE",
            r"NO_(ACCESS|RIGHTS?)",
            r"INSUFFICIENT_\w*RIGHT",
        )
    )
)
RIGHT_WORDS = re.compile(
    "|".join(
        (
            r"not authori[sz]ed",
            r"\b(ikke|ingen|mangl(er|ende)|uten|krever)( nødvendige?)? (adgang|tilgang|rettighet|tillatelse|rett til)",
            r"(access|permission) (is )?denied",
            r"(does not|doesn't|do not|don't) (have|give|include) (the )?(rights?|access|permissions?|scopes?)\b",
            r"(no|insufficient|lacks?|missing|requires?)( the)? (rights?|access|permissions?|privileges?|scopes?)\b",
        )
    ),
    re.IGNORECASE,
)
PART_OF_THE_SCHEMA = re.compile(
    r"(?:add|update)[A-Z]\w+|[A-Z]\w+(?:\.\w+)?"
)  # an operation, a type or a type's field; inputs begin small
PART_OF_A_REQUEST = re.compile(r"\b(?:field|type|scope|token|api[ -]?key)\b", re.IGNORECASE)

# Codes by which the API token itself is refused. One that merely holds such a word (`UNEXPECTED_TOKEN`,
# `PROXY_AUTHENTICATION_REQUIRED`, `TOKEN_BUCKET_EMPTY`) comes from somewhere else.
_KEY_WORDS = r"((API|ACCESS|AUTH|AUTHENTICATION|AUTHORI[SZ]ATION|BEARER)_?)*(TOKEN|API_?KEY)"
_BAD = r"(INVALID|EXPIRED|REVOKED|UNKNOWN|BAD|WRONG|MISSING|DISABLED|DELETED|MALFORMED|REJECTED|REFUSED|INACTIVE)"
_TROUBLE = r"_?(ERROR|EXCEPTION|FAILED|FAILURE|REQUIRED|ACCESS)"
TOKEN_CODES = re.compile(
    "|".join(
        (
            rf"(?!PROXY)(\w+_)?(UN|NOT_?)AUTHENTICATED({_TROUBLE})?",
            rf"(?!PROXY)(\w+_)?UNAUTHORI[SZ]ED({_TROUBLE})?",
            rf"AUTHENTICATION{_TROUBLE}",
            rf"({_BAD}|NO)_?{_KEY_WORDS}(_?(FORMAT|ERROR|EXCEPTION))?",
            rf"{_KEY_WORDS}_?((IS|HAS|WAS|BEEN)_?)*({_BAD}|REQUIRED|NOT_?(VALID|FOUND|ACCEPTED|ACTIVE|RECOGNI[SZ]ED))",
        )
    )
)
TOKEN_LIKE_CODES = re.compile(r"AUTHENTICAT|UNAUTHORI[SZ]|TOKEN")
