"""`log follow`: events as they come, on a file and on a database, and every way in which it ends."""

import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from app.folders import harvest
from cli.program import invoke
from store.cluster import database

from campaign.app.handle import Who, handle
from campaign.app.session import Settings, open_session
from campaign.domain.commands import EnrolEntity
from campaign_cli.nouns.log import EVENTS

SPRING = "2031-03-01T09:00+01:00"
NAMES = ("north", "south", "east")


@pytest.fixture(params=["sqlite", "postgres"])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """Name a store of each kind in turn, with the harvest campaign adopted."""
    for store in [str(tmp_path / "s.db")] if request.param == "sqlite" else database():
        common = ("--store", store, "--config", harvest(tmp_path / "farm"), "--at", SPRING)
        assert invoke(*common, "apply", "--rehearsal", "--yes", "--as", "p-ada").exit_code == 0
        yield store


def enrol(store: str) -> None:
    with closing(open_session(Settings(store), write=True)) as session:
        for name in NAMES:
            reply = handle(session, [EnrolEntity(name, "farm", f"{name} farm", ("farm",))], Who("p-ada"))
            assert reply.refusal is None


def followed(store: str, *options: object, **settings: object) -> list[str]:
    result = invoke("--store", store, "log", "follow", *options, "-q", **settings)
    assert (result.exit_code, result.stderr) == (0, "")
    return result.stdout.splitlines()


def test_what_others_write_is_printed_as_it_comes(place: str) -> None:
    """Whoever is first: what is there already is printed, and what is not is waited for."""
    head = _head(place)
    writer = threading.Thread(target=enrol, args=(place,))
    writer.start()
    lines = followed(place, "--after", head, "--until", head + 3, "--for", 60, "--format", "jsonl")
    writer.join(60)
    told = [json.loads(line) for line in lines]
    assert [line["position"] for line in told] == [head + 1, head + 2, head + 3]
    assert [line["stream"] for line in told] == [f"entity:harvest-2031/{name}" for name in NAMES]
    assert {(line["schema"], line["event"]["kind"]) for line in told} == {(1, "farm")}


def _head(store: str) -> int:
    with closing(open_session(Settings(store))) as session:
        return session.log.head()


@pytest.fixture
def farm(tmp_path: Path) -> str:
    """Return a store with nobody else about, and three entities enrolled."""
    store = str(tmp_path / "s.db")
    common = ("--store", store, "--config", harvest(tmp_path / "farm"), "--at", SPRING)
    assert invoke(*common, "apply", "--rehearsal", "--yes", "--as", "p-ada").exit_code == 0
    enrol(store)
    return store


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_a_terminal_has_columns_that_stay(farm: str, lang: str) -> None:
    lines = followed(farm, "--after", 2, "--for", 0, "--lang", lang)
    assert len(lines) == 4
    at = lines[1].index("entity:harvest-2031/north")
    assert [line.index("entity:") for line in lines[1:]] == [at] * 3
    assert lines[0].split()[0] == {"en": "position", "zh": "位置"}[lang]


def test_csv_has_the_names_of_the_fields_and_then_the_events(farm: str) -> None:
    lines = followed(farm, "--after", 2, "--until", 3, "--format", "csv")
    assert lines[0] == ",".join(column.field for column in EVENTS)
    assert lines[1].startswith("3,2031-03-01 09:00:00+01:00,")
    assert len(lines) == 2


def test_only_what_was_asked_for(farm: str) -> None:
    lines = followed(farm, "--after", 0, "--for", 0, "--topic", "entity_enrolled", "--format", "jsonl")
    assert [json.loads(line)["position"] for line in lines] == [3, 4, 5]
    lines = followed(farm, "--after", 0, "--for", 0, "--stream", "entity:harvest-2031/e", "--format", "jsonl")
    assert [json.loads(line)["stream"] for line in lines] == ["entity:harvest-2031/east"]


def test_by_default_only_what_is_new(farm: str) -> None:
    assert followed(farm, "--for", 0, "--format", "jsonl") == []


def test_what_must_be_said_of_the_campaign_stands_beside_the_data(farm: str) -> None:
    result = invoke("--store", farm, "log", "follow", "--for", 0, "--format", "jsonl")
    assert (result.stdout, result.stderr) == ("", "rehearsal: the clock of this campaign is simulated\n")


@pytest.mark.parametrize(
    ("options", "place", "fix"),
    [
        (
            ["--format", "json"],
            '{"schema":1,"exit_code":2,"problems":[{"code":"usage-choice"',
            "choose one of table, jsonl, csv",
        ),
        (["-o", "events.txt"], "-o: usage-both", "send the output there, with > FILE"),
        (["--for", "-1"], "--for: usage-value", ""),
        (["--until", "0"], "--until: usage-value --until takes a whole number of at least 1", "write it in digits"),
    ],
)
def test_what_it_does_not_take(farm: str, options: list[str], place: str, fix: str) -> None:
    result = invoke("--store", farm, "log", "follow", *options)
    assert result.exit_code == 2
    assert result.stderr.startswith(place)
    assert fix in result.stderr


def test_no_store_is_told_at_once(tmp_path: Path) -> None:
    result = invoke("--store", tmp_path / "none.db", "log", "follow")
    assert (result.exit_code, "store-missing" in result.stderr) == (3, True)


def start(store: str) -> "subprocess.Popen[bytes]":
    command = [sys.executable, "-m", "campaign_cli", "--store", store, "log", "follow", "--after", "0", "-q"]
    return subprocess.Popen(
        [*command, "--format", "jsonl"], stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=dict(os.environ)
    )


def test_the_keys_end_it_without_a_word(place: str) -> None:
    with start(place) as process:
        assert process.stdout is not None
        assert json.loads(process.stdout.readline())["position"] == 1
        process.send_signal(signal.SIGINT)
        _, errors = process.communicate(timeout=60)
    assert (process.returncode, errors) == (130, b"")


def test_it_ends_when_nobody_reads_any_more_even_if_nothing_new_comes(place: str) -> None:
    with start(place) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.readline()
        process.stdout.close()
        assert process.wait(60) == 0
        assert process.stderr.read() == b""
