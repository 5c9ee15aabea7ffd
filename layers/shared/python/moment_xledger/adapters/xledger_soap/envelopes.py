"""What an answer means. XML is read with every door shut: no DTD, no entity, no network, no huge tree."""

from collections.abc import Iterator
from typing import Any, cast

from lxml import etree

from moment_xledger.adapters.xledger_soap.assumed import says_key_refused
from moment_xledger.adapters.xledger_soap.characters import pieces
from moment_xledger.adapters.xledger_soap.posting import PIECE, Answer
from moment_xledger.domain.soap_outcomes import (
    BROKEN,
    CallFailed,
    Failure,
    Faulted,
    InDoubt,
    NoResult,
    NotSoap,
    Oddity,
)

SOAP = ("{http://schemas.xmlsoap.org/soap/envelope/}", "{http://www.w3.org/2003/05/soap-envelope}")
ENVELOPES = tuple(namespace + "Envelope" for namespace in SOAP)
BODIES = tuple(namespace + "Body" for namespace in SOAP)
PROLOG_PIECE = 512  # so that a document type declaration is refused before anything could make use of it
ASP_NET = "Server was unable to process request. ---> "  # before every exception's own words

Element = etree._Element
_CODES = etree.ErrorTypes
_ENCODING = (_CODES.ERR_INVALID_ENCODING, _CODES.ERR_UNSUPPORTED_ENCODING, _CODES.ERR_UNKNOWN_ENCODING)


def pull_parser(*tags: str) -> etree.XMLPullParser:
    """Tells of the starts of these elements; of all, if none is named."""
    return etree.XMLPullParser(
        events=("start",),
        tag=tags or None,
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
    )


def started(parser: etree.XMLPullParser) -> Element | None:
    """The first element whose start has been told of since this was last asked."""
    return cast(Element, next((element for _, element in list(parser.read_events())), None))


def local_name(element: Element) -> str:
    return etree.QName(element).localname


def text_result(answer: Answer, operation: str) -> str:
    """Of an operation with a small answer. Raises `CallFailed`."""
    with answer.body:
        for body, finished in growing_body(answer):
            if finished and (found := result_element(answer, operation, body, finished)) is not None:
                return (found.text or "").strip()
    raise CallFailed(NoResult(operation))


def growing_body(answer: Answer) -> Iterator[tuple[Element | None, bool]]:
    """The SOAP body as far as it has been read, after each piece; and whether that was the last one."""
    _check_prolog(answer)
    parser = pull_parser(*BODIES)
    body: Element | None = None
    try:
        for piece in pieces(answer.body, PIECE):
            parser.feed(piece)
            body = started(parser) if body is None else body
            yield body, False
        parser.close()
    except etree.XMLSyntaxError as error:
        raise CallFailed(_broken(answer, error)) from None
    yield body, True


def result_element(answer: Answer, operation: str, body: Element | None, finished: bool) -> Element | None:
    """The operation's result, if it has come by now. Raises `CallFailed` for a fault, and where none can come."""
    said = body[0] if body is not None and len(body) else None
    if said is not None and said.tag in (namespace + "Fault" for namespace in SOAP):
        if finished:
            text = _fault_text(said)
            raise CallFailed(Faulted(text, key_refused=says_key_refused(text)))
        return None
    if answer.status != 200:
        raise CallFailed(NotSoap(answer.status, Oddity.OTHER_XML))
    if said is not None and len(said) and local_name(said[0]) == f"{operation}Result":
        return said[0]
    if finished:
        raise CallFailed(NoResult(operation))
    return None


def _check_prolog(answer: Answer) -> None:
    """Refuses what is not a SOAP envelope by its first element, and leaves the body at its beginning."""
    parser = pull_parser()
    root: Element | None = None
    oddity: Oddity | None = Oddity.NOT_XML
    try:
        for piece in pieces(answer.body, PROLOG_PIECE):
            parser.feed(piece)
            if (root := started(parser)) is not None:
                break
        else:
            parser.close()
            root = started(parser)
    except etree.XMLSyntaxError as error:
        root = started(parser)
        oddity = _no_xml(answer, error)
    if root is not None:
        oddity = _odd_root(root)
    if oddity:
        raise CallFailed(NotSoap(answer.status, oddity))
    answer.body.seek(0)


def _odd_root(root: Element) -> Oddity | None:
    if local_name(root).lower() == "html":
        return Oddity.HTML
    tree: Any = root.getroottree()
    if tree.docinfo.doctype:
        return Oddity.DTD
    return None if root.tag in ENVELOPES else Oddity.OTHER_XML


def _no_xml(answer: Answer, error: Any) -> Oddity:
    if "html" in answer.content_type.lower():
        return Oddity.HTML
    return Oddity.ENCODING if error.code in _ENCODING else Oddity.NOT_XML


def _broken(answer: Answer, error: Any) -> Failure:
    """An envelope began. The parser's own words may quote the answer, and are not passed on."""
    if error.code in _ENCODING:
        return NotSoap(answer.status, Oddity.ENCODING)
    if error.code == _CODES.ERR_RESOURCE_LIMIT:
        return NotSoap(answer.status, Oddity.TOO_LARGE)
    return InDoubt(BROKEN)


def _fault_text(fault: Element) -> str:
    """`faultstring` in SOAP 1.1, `Reason/Text` in 1.2."""
    found = [part for part in fault.iter() if local_name(part) in ("faultstring", "Text")]
    text = " ".join((found[0].text or "").split()) if found else ""
    return text.removeprefix(ASP_NET) or "a fault without words"
