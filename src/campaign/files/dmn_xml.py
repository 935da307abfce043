"""XML from outside, read as something hostile: bounded, without DTDs or entities, every element with its line."""

from pathlib import Path
from typing import Any
from xml.sax import SAXException, SAXParseException
from xml.sax.handler import ContentHandler, feature_namespaces

from campaign.problems import Place, Problem, Problems, T, Text, need

MAX_XML_BYTES = 20_000_000
MAX_DEPTH = 100
MAX_ELEMENTS = 500_000


class Element:
    """An XML element: names without prefixes, the text directly inside it, and where it starts (from 1)."""

    __slots__ = ("attributes", "children", "column", "line", "name", "namespace", "pieces")

    def __init__(self, namespace: str, name: str, attributes: dict[str, str], line: int, column: int) -> None:
        """Hold what the start tag says."""
        self.namespace = namespace
        self.name = name
        self.attributes = attributes
        self.line = line
        self.column = column
        self.children: list[Element] = []
        self.pieces: list[str] = []

    @property
    def text(self) -> str:
        """The text directly inside, as written."""
        return "".join(self.pieces)

    def get(self, name: str, default: str = "") -> str:
        """Return an attribute."""
        return self.attributes.get(name, default)

    def all(self, *names: str) -> list["Element"]:
        """Return the children of these names, in order."""
        return [child for child in self.children if child.name in names]

    def first(self, *names: str) -> "Element | None":
        """Return the first child of these names."""
        return next((child for child in self.children if child.name in names), None)

    def said(self, name: str) -> str:
        """Return the trimmed text of the first child of that name, or nothing."""
        child = self.first(name)
        return child.text.strip() if child else ""


def read_xml(path: Path) -> Element:
    """Read PATH. Raises Problems: file-missing, file-unreadable, xml-too-large, xml-dtd, xml-too-deep, xml-syntax."""
    return parse_xml(_bytes(path), str(path))


def _bytes(path: Path) -> bytes:
    place = Place(str(path))
    try:
        if path.exists() and not path.is_file():
            raise _one("file-unreadable", T("{path} is not a file", path=path), T("name a file"), place)
        if path.stat().st_size > MAX_XML_BYTES:
            message = T("{path} has more than {limit} bytes", path=path, limit=MAX_XML_BYTES)
            raise _one("xml-too-large", message, T("split the model"), place)
        return path.read_bytes()
    except FileNotFoundError:
        message = T("there is no file {path}", path=path)
        raise _one("file-missing", message, T("make it, or name another"), place) from None
    except (OSError, ValueError) as error:
        message = T("{path} cannot be read: {error}", path=path, error=getattr(error, "strerror", None) or error)
        raise _one("file-unreadable", message, T("look at its permissions"), place) from None


def parse_xml(data: bytes, file: str) -> Element:
    """Parse DATA, named FILE in problems.

    Raises Problems: xml-dtd, xml-too-deep, xml-too-large, xml-syntax; extra-missing without defusedxml.
    """
    need("defusedxml", place=Place(file))
    from defusedxml.common import DefusedXmlException  # noqa: PLC0415 -- an extra: only where XML is read
    from defusedxml.expatreader import DefusedExpatParser  # noqa: PLC0415 -- likewise

    parser = DefusedExpatParser(forbid_dtd=True, forbid_entities=True, forbid_external=True)
    builder = _Builder(file, parser)
    parser.setFeature(feature_namespaces, 1)
    parser.setContentHandler(builder)
    try:
        parser.feed(data)
        parser.close()
    except DefusedXmlException:
        fix = T("remove the DTD; DMN needs none")
        message = T("the file declares a document type or entities")
        raise _one("xml-dtd", message, fix, Place(file, parser.getLineNumber() or 1, 1)) from None
    except SAXParseException as error:
        place = Place(file, error.getLineNumber() or 1, (error.getColumnNumber() or 0) + 1)
        message = T("not XML: {problem}", problem=error.getMessage())
        raise _one("xml-syntax", message, T("correct it at this place"), place) from None
    except (SAXException, LookupError, ValueError) as error:
        message = T("not XML: {problem}", problem=error)
        raise _one("xml-syntax", message, T("save the file as UTF-8"), Place(file, 1, 1)) from None
    assert builder.root is not None  # noqa: S101 -- a document without an element is a syntax error above
    return builder.root


class _Builder(ContentHandler):
    """Builds elements without recursion, so that depth is a limit of ours and not of the stack."""

    def __init__(self, file: str, locator: Any) -> None:  # noqa: ANN401 -- a parser of defusedxml, which has no types
        super().__init__()
        self.file = file
        self.locator = locator
        self.root: Element | None = None
        self.open: list[Element] = []
        self.count = 0

    def startElementNS(self, name: Any, qname: Any, attrs: Any) -> None:  # noqa: ANN401, ARG002, N802 -- SAX's
        line, column = self.locator.getLineNumber() or 1, (self.locator.getColumnNumber() or 0) + 1
        self._bounded(line, column)
        attributes = {key[1]: value for key, value in attrs.items()}
        element = Element(name[0] or "", name[1], attributes, line, column)
        if self.open:
            self.open[-1].children.append(element)
        else:
            self.root = element
        self.open.append(element)

    def _bounded(self, line: int, column: int) -> None:
        self.count += 1
        place = Place(self.file, line, column)
        if len(self.open) >= MAX_DEPTH:
            message = T("nested more than {limit} deep", limit=MAX_DEPTH)
            raise _one("xml-too-deep", message, T("flatten it"), place)
        if self.count > MAX_ELEMENTS:
            message = T("more than {limit} elements", limit=MAX_ELEMENTS)
            raise _one("xml-too-large", message, T("split the model"), place)

    def endElementNS(self, name: Any, qname: Any) -> None:  # noqa: ANN401, ARG002, N802 -- SAX's
        self.open.pop()

    def characters(self, content: str) -> None:
        self.open[-1].pieces.append(content)


def _one(code: str, message: Text, fix: Text, place: Place) -> Problems:
    return Problems([Problem(code, message, fix, place)])
