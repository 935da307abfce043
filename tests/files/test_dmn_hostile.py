"""XML from outside that means harm, or is none: always a typed problem at its line, and never a crash or a request."""

import sys
from contextlib import suppress
from pathlib import Path

import pytest
from files.dmn.models import decision, literal, model
from hypothesis import given, settings
from hypothesis import strategies as st

from campaign.files import dmn_xml, load_dmn
from campaign.files.conformance_cases import read_suite
from campaign.problems import Problems

GOOD = model("m", decision("D", literal("1"), "number"))
LAUGHS = """<?xml version="1.0"?>
<!DOCTYPE lolz [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;"><!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;">]>
<definitions xmlns="https://www.omg.org/spec/DMN/20230324/MODEL/" name="&c;"/>"""
EXTERNAL = """<!DOCTYPE x [<!ENTITY secret SYSTEM "file:///etc/passwd">]><definitions>&secret;</definitions>"""
REMOTE = """<!DOCTYPE definitions SYSTEM "http://127.0.0.1:1/dmn.dtd"><definitions/>"""
PARAMETER = """<!DOCTYPE x [<!ENTITY % p SYSTEM "http://127.0.0.1:1/p"> %p;]><definitions/>"""

HOSTILE = {
    "a billion laughs": (LAUGHS, "xml-dtd", 2),
    "an external entity": (EXTERNAL, "xml-dtd", 1),
    "a remote DTD": (REMOTE, "xml-dtd", 1),
    "a parameter entity": (PARAMETER, "xml-dtd", 1),
    "an entity of nobody": ("<definitions>&nobody;</definitions>", "xml-syntax", 1),
    "nesting": ("<a>" * 5000, "xml-too-deep", 1),
    "an unclosed element": ("<definitions>\n<decision>\n", "xml-syntax", 3),
    "two roots": ("<a/><b/>", "xml-syntax", 1),
    "nothing": ("", "xml-syntax", 1),
    "text": ("decision: yes", "xml-syntax", 1),
    "a zip file": ("PK\x03\x04", "xml-syntax", 1),
    "an encoding of nobody": ('<?xml version="1.0" encoding="klingon"?><a/>', "xml-syntax", 1),
    "no namespace": (GOOD.replace(' xmlns="https://www.omg.org/spec/DMN/20230324/MODEL/"', ""), "dmn-namespace", 2),
    "a namespace of tomorrow": (GOOD.replace("20230324", "20991231"), "dmn-namespace", 2),
    "a namespace prefix of nobody": ("<dmn:definitions/>", "xml-syntax", 1),
    "another root": ("<drawing xmlns='https://www.omg.org/spec/DMN/20230324/MODEL/'/>", "dmn-root", 1),
}


@pytest.mark.parametrize(("xml", "code", "line"), HOSTILE.values(), ids=HOSTILE)
def test_hostile_files_are_refused_with_a_place(xml: str, code: str, line: int, tmp_path: Path) -> None:
    path = tmp_path / "m.dmn"
    path.write_text(xml, encoding="utf-8")
    with pytest.raises(Problems) as caught:
        load_dmn(path)
    (problem,) = caught.value.problems
    assert (problem.code, problem.place.file, problem.place.line) == (code, str(path), line)
    assert problem.fix.template


def test_a_huge_file_is_refused_before_it_is_read(tmp_path: Path) -> None:
    path = tmp_path / "m.dmn"
    with path.open("wb") as file:
        file.write(b"<definitions>")
        file.truncate(50_000_000)
    with pytest.raises(Problems, match="xml-too-large"):
        load_dmn(path)


def test_too_many_elements_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dmn_xml, "MAX_ELEMENTS", 100)
    path = tmp_path / "m.dmn"
    path.write_text("<a>" + "<b/>" * 200 + "</a>", encoding="utf-8")
    with pytest.raises(Problems, match="xml-too-large"):
        load_dmn(path)


def test_files_that_are_none_are_refused(tmp_path: Path) -> None:
    for path, code in [
        (tmp_path / "none.dmn", "file-missing"),
        (tmp_path, "file-unreadable"),
        (Path("a\0b"), "file-unreadable"),
    ]:
        with pytest.raises(Problems, match=code):
            load_dmn(path)


def test_a_name_too_long_is_refused(tmp_path: Path) -> None:
    with pytest.raises(Problems, match="file-unreadable"):
        load_dmn(tmp_path / ("x" * 5000))


def test_without_the_extra_the_remedy_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "m.dmn"
    path.write_text(GOOD, encoding="utf-8")
    monkeypatch.setitem(sys.modules, "defusedxml", None)
    with pytest.raises(Problems, match=r"extra-missing .*pip install campaign\[dmn\]"):
        load_dmn(path)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "gb2312"])
def test_every_encoding_that_xml_declares_is_read(encoding: str, tmp_path: Path) -> None:
    path = tmp_path / "m.dmn"
    named = {"utf-8-sig": "UTF-8", "gb2312": "GB2312"}.get(encoding, encoding)
    path.write_bytes(GOOD.replace("UTF-8", named).replace('name="m"', 'name="模型"').encode(encoding))
    if encoding == "gb2312":  # expat does not know it, and says so
        with pytest.raises(Problems, match="xml-syntax"):
            load_dmn(path)
    else:
        assert load_dmn(path).model.title == "模型"


@settings(deadline=None, max_examples=80)
@given(st.integers(0, len(GOOD) - 1), st.sampled_from(["", "<", ">", "&", '"', "\0", "x", "]]>", "一"]))
def test_a_file_broken_anywhere_is_read_or_refused(
    tmp_path_factory: pytest.TempPathFactory, at: int, sign: str
) -> None:
    path = tmp_path_factory.getbasetemp() / "broken.dmn"
    path.write_text(GOOD[:at] + sign + GOOD[at + 1 :], encoding="utf-8")
    for reader in (load_dmn, read_suite):
        with suppress(Problems):
            reader(path)
