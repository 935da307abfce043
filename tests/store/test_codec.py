"""Bodies, topics, upcasters and the canonical bytes of a record."""

# ruff: noqa: ANN401 -- wrong values are of any type

import json
import re
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from store.kit import DAY, OPENED, InMemory, batch, status, write

from campaign.domain.events import TOPIC_OF, TOPICS, Event, Figure, ReportSubmitted, Target, TargetFixed
from campaign.problems import Problems
from campaign.store.codec import UPCASTERS, Codec, Made, canonical, stamp
from campaign.store.entries import FORBIDDEN, prepare
from campaign.store.log import Guard
from campaign.store.memory import MemoryLog
from campaign.store.refill import row_of
from campaign.verifier import read_record

CODEC = Codec()


class SlogansHung(Event):
    """The third version of a fact: how many and where."""

    count: int
    places: tuple[str, ...]
    first_on: date


def lift_v1(data: dict[str, Any]) -> dict[str, Any]:
    return {"count": int(data["number"]), "place": data["place"]}


def lift_v2(data: dict[str, Any]) -> dict[str, Any]:
    return {"count": data["count"], "places": [data["place"]], "first_on": "2005-08-17"}


LIFTED = Codec({"slogans_hung.v3": SlogansHung}, {"slogans_hung.v1": lift_v1, "slogans_hung.v2": lift_v2})


def test_an_old_body_is_lifted_through_every_version() -> None:
    now = SlogansHung(count=3, places=("gate",), first_on=DAY)
    assert LIFTED.decode("slogans_hung.v1", b'{"number":"3","place":"gate"}') == now
    assert LIFTED.decode("slogans_hung.v2", b'{"count":3,"place":"gate"}') == now
    assert LIFTED.decode("slogans_hung.v3", LIFTED.encode(now)) == now


def test_a_guard_on_a_topic_minds_its_earlier_versions_too() -> None:
    wanted = frozenset({"slogans_hung.v3", "other.v1"})
    assert LIFTED.family(wanted) == {"slogans_hung.v1", "slogans_hung.v2", "slogans_hung.v3", "other.v1"}


def test_a_log_with_old_bodies_reads_as_if_written_today() -> None:
    log = MemoryLog([], lambda: datetime(2005, 8, 17, tzinfo=UTC), codec=LIFTED)
    row = (1, "entity:a", 1, "slogans_hung.v1", "2005-08-17T00:00:00.000000Z", "2005-08-17", "a", "b", "c", None, "")
    log.contents.events.append((*row, b'{"number":"3","place":"gate"}'))
    assert [record.event.count for record in log.scan()] == [3]
    assert next(log.scan()).topic == "slogans_hung.v1"


@pytest.mark.parametrize(
    ("upcasters", "reason"),
    [
        ({"slogans_hung.v1": lift_v1}, "end at slogans_hung.v2"),
        ({"slogans_hung.v3": lift_v1}, "slogans_hung.v3 is current"),
    ],
)
def test_a_table_of_upcasters_with_a_gap_is_a_mistake(upcasters: dict[str, Any], reason: str) -> None:
    with pytest.raises(ValueError, match=reason):
        Codec({"slogans_hung.v3": SlogansHung}, upcasters)


def test_an_unknown_topic_is_an_error_not_a_skip() -> None:
    with pytest.raises(Problems, match=r"unknown-topic the log holds gate_closed\.v9"):
        CODEC.decode("gate_closed.v9", b"{}")
    with pytest.raises(Problems, match="unknown-topic the log holds SlogansHung"):
        CODEC.topic(SlogansHung)


@pytest.mark.parametrize("body", [b"{", b'{"report":1}', b'{"report":"r","more":1}', b"\xff", b'{"report":"\xff"}'])
def test_a_damaged_body_is_an_error_with_its_topic(body: bytes) -> None:
    with pytest.raises(Problems, match=r"unreadable-event a record of report_verified\.v1"):
        CODEC.decode("report_verified.v1", body)
    row = (1, "entity:a", 1, "report_verified.v1", "2005-08-17T00:00:00.000000Z", "2005-08-17", "a", "b", "c", None, "")
    with pytest.raises(Problems, match="unreadable-event"):
        list(CODEC.records([(*row, body)]))


def test_every_event_has_a_versioned_topic_and_an_upcaster_table_that_ends_at_one() -> None:
    assert all(re.fullmatch(r"[a-z_]+\.v[1-9][0-9]*", topic) for topic in TOPICS)
    assert set(TOPIC_OF) == {kind for kind in Event.__subclasses__() if kind.__module__ == Event.__module__}
    Codec(TOPICS, UPCASTERS)


def test_a_dict_that_makes_what_it_lacks_makes_it_once() -> None:
    made: list[int] = []
    numbers = Made(lambda key: made.append(key) or key * 2)
    assert (numbers[2], numbers[2], made) == (4, 4, [2])


# --- canonical bytes ---------------------------------------------------------------------------------------------


def by_the_standard_library(row: tuple[Any, ...]) -> bytes:
    """Make the canonical bytes with nothing but json, as a stand-alone verifier does."""
    form = ["campaign-record.v2", *row[:-1]] if row[-2] else ["campaign-record.v1", *row[:-2]]
    parts = [*form, json.loads(row[-1])]
    return json.dumps(parts, ensure_ascii=False, separators=(",", ":")).encode()


def test_canonical_bytes_are_what_the_standard_library_writes() -> None:
    log = InMemory(None).open()
    events = [status('"quoted" \\ back\nline\ttab / € 𝒳 ，'), OPENED]
    log.append(batch("c-1", write("entity:jl2005/一汽", 0, *events), actor="李.wei"))
    for row in log.scan_rows():
        assert canonical(row) == by_the_standard_library(row)
    assert (
        canonical(row)
        == (
            '["campaign-record.v1",2,"entity:jl2005/一汽",2,"campaign_opened.v1","2005-08-17T01:02:04.000000Z",'
            '"2005-08-17","李.wei","statistician","c-1",null,{"key":"jl2005","title":"Jilin 2005","rehearsal":false}]'
        ).encode()
    )


def test_a_record_with_an_account_has_a_form_of_its_own_and_one_without_keeps_its_bytes() -> None:
    log = InMemory(None).open()
    log.append(batch("c-1", write("entity:a", 0, OPENED)))
    log.append(batch("c-2", write("entity:a", 1, OPENED), account='os:"李'))
    first, second = log.scan_rows()
    assert canonical(first).startswith(b'["campaign-record.v1",')
    assert canonical(second) == by_the_standard_library(second)
    assert [row_of(canonical(row)) for row in (first, second)] == [first, second]
    assert read_record(canonical(second)).data == canonical(second)


@pytest.mark.parametrize("account", ['"",', "1,", "null,", '"a","b",', ""])
def test_no_record_has_two_forms(account: str) -> None:
    line = f'["campaign-record.v2",1,"s",1,"t.v1","","","","","",null,{account}{{}}]'.encode()
    assert read_record(line).data is None
    with pytest.raises(ValueError):  # noqa: PT011 -- msgspec's own errors are ValueErrors too
        row_of(line)


TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=20).filter(lambda text: not FORBIDDEN.search(text))
NUMBERS = st.decimals(min_value=-(10**17), max_value=10**17, allow_nan=False, allow_infinity=False, places=3)
DAYS = st.dates(date(1900, 1, 1), date(2199, 12, 31))


def bodies(kind: type[Event]) -> st.SearchStrategy[Event]:
    """Make events of any kind, with fields such as may be stored."""
    return st.from_type(kind)


st.register_type_strategy(str, TEXTS)
st.register_type_strategy(Decimal, NUMBERS)
st.register_type_strategy(date, DAYS)
st.register_type_strategy(int, st.integers(-(2**53) + 1, 2**53 - 1))


@given(st.sampled_from(sorted(TOPICS)).flatmap(lambda topic: bodies(TOPICS[topic])), DAYS)
def test_every_storable_event_comes_back_equal_and_its_bytes_are_reproducible(event: Event, on: date) -> None:
    ((_, topic, body, stored_event, *_),) = prepare(CODEC, batch("c1", write("entity:a", 0, event, on=on)))
    again = CODEC.decode(topic, body)
    assert again == stored_event == event
    assert CODEC.encode(again) == body
    assert json.dumps(json.loads(body), ensure_ascii=False, separators=(",", ":")).encode() == body


def test_an_instant_is_written_in_utc_with_microseconds() -> None:
    assert stamp(datetime(2005, 8, 17, 1, 2, 3, tzinfo=UTC)) == "2005-08-17T01:02:03.000000Z"


# --- validation before the write ---------------------------------------------------------------------------------


def problems_of(*events: Event, **changes: Any) -> list[str]:
    """Return the problems of a batch, none if it may be written."""
    try:
        prepare(CODEC, batch("c1", write("entity:jl2005/faw", 0, *events), **changes))
    except Problems as found:
        return [str(problem) for problem in found.problems]
    return []


def fixed(value: Any, **changes: Any) -> TargetFixed:
    return TargetFixed(target=Target(target="output", indicator="output", value=value, **changes))


@pytest.mark.parametrize(
    "value", ["NaN", "sNaN", "Infinity", "-Infinity", "1E+18", "1E-13", "1234567890123456789", "0E-13"]
)
def test_a_number_beyond_bounds_is_refused_with_its_place(value: str) -> None:
    (problem,) = problems_of(fixed(Decimal(value)))
    assert problem.startswith(f"target_fixed.v1.target.value: invalid-event {value} is not a number that can be stored")
    assert "at most 18 digits before the point and 12 after it" in problem


@pytest.mark.parametrize(
    ("given_as", "stored"),
    [("1E+3", "1000"), ("-0", "0"), ("-0.00", "0.00"), ("1E-12", "0.000000000001"), ("1.50", "1.50"), ("0E+5", "0")],
)
def test_a_number_is_stored_in_fixed_point_as_precise_as_it_was_given(given_as: str, stored: str) -> None:
    ((_, topic, body, stored_event, *_),) = prepare(CODEC, batch("c1", write("entity:a", 0, fixed(Decimal(given_as)))))
    assert json.loads(body)["target"]["value"] == stored
    assert format(stored_event.target.value, "f") == stored
    assert stored_event == CODEC.decode(topic, body)


@pytest.mark.parametrize(("value", "stored"), [(12, "12"), ("1_0", "10"), (Decimal(7), "7")])
def test_what_a_caller_puts_into_a_field_is_stored_as_the_field_says(value: Any, stored: str) -> None:
    ((_, _, body, *_),) = prepare(CODEC, batch("c1", write("entity:a", 0, fixed(value))))
    assert json.loads(body)["target"]["value"] == stored


def test_an_event_that_is_what_its_body_says_is_kept_once_and_any_other_as_the_body_says() -> None:
    same, other = fixed(Decimal("12.50")), fixed(12)
    entries = prepare(CODEC, batch("c1", write("entity:a", 0, same, other)))
    assert entries[0][3] is same
    assert entries[1][3] is not other
    assert type(entries[1][3].target.value) is Decimal


@pytest.mark.parametrize(
    ("event", "place"),
    [
        (fixed(Decimal(1), operator="~"), "target_fixed.v1.target.operator"),
        (fixed(object()), "target_fixed.v1"),
        (fixed("twelve"), "target_fixed.v1.target.value"),
        (fixed(None, unit=None), "target_fixed.v1.target.unit"),
        (msgspec.structs.replace(OPENED, rehearsal="no"), "campaign_opened.v1.rehearsal"),
    ],
)
def test_a_field_of_the_wrong_type_is_refused_with_its_place(event: Event, place: str) -> None:
    (problem,) = problems_of(event)
    assert problem.startswith(f"{place}: invalid-event")


DECEPTIVE = "\x00\x1b\r\x7f\x9b\u202e\u2066\u200f\u061c\ufeff\u2028\ud800"


@pytest.mark.parametrize("character", DECEPTIVE, ids=ascii)
def test_a_character_that_could_deceive_is_refused(character: str) -> None:
    (problem,) = problems_of(status(f"检修{character}"))
    assert problem == (
        "operating_status_changed.v1.reason: invalid-event "
        f"the text has the invisible character U+{ord(character):04X} at place 3 (remove it)"
    )


@pytest.mark.parametrize("text", ["两行\n和\t制表", "a\u3000b", "a\u200bb", "é", "\U0001f3c6", "a" * 4000, "中" * 4000])
def test_ordinary_text_is_kept(text: str) -> None:
    assert problems_of(status(text)) == []


def test_a_text_is_not_longer_than_its_field_allows() -> None:
    assert problems_of(status("a" * 4001))[0].startswith(
        "operating_status_changed.v1.reason: invalid-event the text has 4001 characters, more than 4000"
    )
    long = TOPICS["scheme_adopted.v1"](scheme="s", sha256="0", text="中" * 4001)
    assert problems_of(long) == []


@pytest.mark.parametrize("day", [date(1899, 12, 31), date(2200, 1, 1), datetime(2005, 8, 17, tzinfo=UTC), None])
def test_a_date_out_of_this_world_is_refused(day: Any) -> None:
    with pytest.raises(Problems, match=r"operating_status_changed\.v1\.occurred_on: invalid-event .* is not a date"):
        prepare(CODEC, batch("c1", write("entity:a", 0, status(), on=day)))
    held = TOPICS["meeting_held.v1"](meeting="m", held_on=day, attendees=(), decisions=())
    (problem,) = problems_of(held)
    assert "meeting_held.v1" in problem


def test_a_whole_number_too_large_for_other_readers_is_refused() -> None:
    award = TOPICS["award_proposed.v1"](award="a", run="r", entity="e", group="g", rank=2**53, amount_yuan=Decimal(1))
    assert problems_of(award) == ["award_proposed.v1.rank: invalid-event 9007199254740992 is too large"]


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("command_id", ""),
        ("command_id", "a b"),
        ("command_id", "命令"),
        ("command_id", "a" * 201),
        ("actor", ""),
        ("actor", "a\nb"),
        ("role", "a b"),
    ],
)
def test_a_name_outside_its_pattern_is_refused(field: str, value: str) -> None:
    (problem,) = problems_of(status(), **{field: value})
    assert problem.startswith(f"{field}: invalid-event {value!a} cannot be a {field}")


@pytest.mark.parametrize("stream", ["", "entity", "entity:", "Entity:a", "entity:a/b/c", "entity:a b", "entity:../a\n"])
def test_a_stream_outside_its_pattern_is_refused(stream: str) -> None:
    with pytest.raises(Problems, match="cannot be a stream"):
        prepare(CODEC, batch("c1", write(stream, 0, status())))


def test_all_problems_of_a_batch_are_found_at_once() -> None:
    figures = (
        Figure(indicator="a\x00", value=Decimal("NaN"), unit="x", scope="s"),
        Figure(indicator="b", value=Decimal("1E+99"), unit="\u202e", scope="s"),
    )
    report = ReportSubmitted(report="r", obligation="o", period="p", figures=figures)
    found = problems_of(report, status("\x01"), actor="")
    assert [problem.partition(": ")[0] for problem in found] == [
        "actor",
        "report_submitted.v1.figures[0].indicator",
        "report_submitted.v1.figures[0].value",
        "report_submitted.v1.figures[1].value",
        "report_submitted.v1.figures[1].unit",
        "operating_status_changed.v1.reason",
    ]


def test_nothing_is_written_when_something_may_not_be(store: Any) -> None:
    log = store.open()
    with pytest.raises(Problems, match="invalid-event"):
        log.append(batch("c1", write("entity:a", 0, status()), write("entity:b", 0, status("\x00"))))
    assert (log.head(), log.streams(), log.outcome("c1", "digest of c1")) == (0, [], None)
    log.append(batch("c1", write("entity:a", 0, status()), guards=(Guard("entity:b", 0),)))
