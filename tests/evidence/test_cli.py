"""The auditor's nouns on the command line, with their exit codes."""

import json
import sqlite3
from pathlib import Path

import pytest
from cli.program import invoke
from evidence.kit import Office

from campaign import verifier

ADMIN = ("--as", "p-audit-admin-1")


@pytest.fixture(autouse=True)
def _key(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CAMPAIGN_LOG_KEY", str(office.key_file))


def said(office: Office, *arguments: object, code: int = 0) -> str:
    office.close()
    result = invoke("--store", office.store, *arguments)
    assert result.exit_code == code, result.output + result.stderr
    return result.stdout


def test_a_checkpoint_is_printed_as_a_signed_note(office: Office) -> None:
    note = said(office, "audit", "checkpoint")
    assert verifier.read_checkpoint(note).size == office.sizes[1]
    assert said(office, "audit", "checkpoint", "--rebuild") == note


def test_a_verification_says_how_far_the_log_is_vouched_for(office: Office) -> None:
    verdict = json.loads(said(office, "audit", "verify", "--format", "json", "--key", office.published()))
    assert (verdict["sound"], verdict["position"], verdict["vouched"]) == (True, office.sizes[1], office.sizes[1])
    assert "everything holds" in said(office, "audit", "verify")


def test_a_verification_names_the_first_bad_position_and_ends_with_5(office: Office, tmp_path: Path) -> None:
    (tmp_path / "mine.txt").write_text(office.first)
    with office.intruder() as db:
        db.execute("UPDATE events SET actor = 'p-other' WHERE position IN (300, 700)")
    output = said(office, "audit", "verify", "--quick", "--against", tmp_path / "mine.txt", code=5)
    assert output.index("position 300") < output.index("2 differ in all, the last at 700")
    rows = json.loads(said(office, "audit", "verify", "--format", "json", code=5))["problems"]
    assert (rows[0]["place"], rows[0]["code"]) == ("position 300", "integrity-record")
    assert rows[0]["fix"]


def test_a_checkpoint_to_compare_with_that_is_not_there(office: Office) -> None:
    said(office, "audit", "verify", "--against", "none.txt", code=3)
    said(office, "audit", "verify", "--key", "no key", code=3)


NO_CHECKPOINT = {"a page": b"a\nb\nc\n", "no text": b"\xff\xfe\x00", "nothing": b""}


@pytest.mark.parametrize("content", NO_CHECKPOINT.values(), ids=NO_CHECKPOINT)
def test_a_file_that_is_no_checkpoint_is_no_fault_of_the_log(
    office: Office, tmp_path: Path, content: bytes, capsys: pytest.CaptureFixture[str]
) -> None:
    """Both verifiers end with 3 and name the file: the log is not what is wrong."""
    wrong, also = tmp_path / "wrong.txt", tmp_path / "also.txt"
    wrong.write_bytes(content)
    also.write_bytes(content)
    problems = refusal(office, "audit", "verify", "--quick", "--against", wrong, "--against", also)
    assert [problem.split(":")[0].split(" is ")[0] for problem in problems] == [str(wrong), str(also)]
    assert verifier.main([str(office.store), "--against", str(wrong)]) == 3
    assert capsys.readouterr().err.startswith(f"cannot verify: {wrong}")


def test_a_file_that_is_not_there_is_named_without_a_number_of_the_system(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    gone = tmp_path / "gone"
    assert verifier.main([str(gone)]) == 3
    assert capsys.readouterr().err == (
        f"cannot verify: {gone}: No such file or directory (name what is there and may be read)\n"
    )


@pytest.mark.parametrize("words", [("audit", "witness"), ("audit", "cosign", "--state", "s", "--key-file", "k")])
def test_what_a_witness_is_handed_and_is_no_text_is_named(
    office: Office, tmp_path: Path, words: tuple[str, ...]
) -> None:
    (tmp_path / "note").write_bytes(b"\xff\xfe")
    [problem] = refusal(office, *words, tmp_path / "note", "--key", office.published())
    assert problem == f"{tmp_path / 'note'} is not a text in UTF-8"


@pytest.mark.parametrize("content", [b"\xff", b"[]", b"", b'{"notes": {"x": "\xff"}}'])
def test_a_memory_of_a_witness_that_is_none_is_named(office: Office, tmp_path: Path, content: bytes) -> None:
    growth, state, key = tmp_path / "growth", tmp_path / "seen.json", tmp_path / "witness"
    growth.write_text(said(office, "audit", "prove", "--from", 0))
    state.write_bytes(content)
    words = ("audit", "cosign", growth, "--key", office.published(), "--state", state, "--key-file", key)
    assert refusal(office, *words) == [f"{state} does not hold what a witness saw"]
    assert (state.read_bytes(), key.exists()) == (content, False)


def refusal(office: Office, *arguments: object) -> list[str]:
    """Return what is wrong with the input, of a command that ends with 3."""
    office.close()
    result = invoke("--store", office.store, *arguments, "--format", "json")
    assert result.exit_code == 3, result.output
    return [problem["message"] for problem in json.loads(result.output)["problems"]]


def test_a_key_that_is_none_says_how_a_key_is_written(office: Office) -> None:
    office.close()
    result = invoke("--store", office.store, "audit", "verify", "--key", "a", "--key", "b")
    assert result.stderr.count("(give the whole line as it was published, name+hash+key)") == 2


def test_a_receipt_and_a_proof_of_growth_hold(office: Office, tmp_path: Path) -> None:
    said(office, "audit", "prove", 300, "-o", tmp_path / "receipt")
    said(office, "audit", "prove", "--from", office.sizes[0], "-o", tmp_path / "growth")
    (tmp_path / "old").write_text(office.first)
    assert verifier.main([str(tmp_path / "receipt"), "--key", office.published()]) == 0
    assert verifier.main([str(tmp_path / "growth"), "--against", str(tmp_path / "old")]) == 0
    assert len(said(office, "audit", "prove", 300, "--bare")) < (tmp_path / "receipt").stat().st_size


@pytest.mark.parametrize("arguments", [(), ("300", "--from", "2")])
def test_a_proof_is_of_one_thing(office: Office, arguments: tuple[str, ...]) -> None:
    said(office, "audit", "prove", *arguments, code=2)


def test_a_witness_and_the_office_hand_each_other_files(office: Office, tmp_path: Path) -> None:
    said(office, "audit", "prove", "--from", 0, "-o", tmp_path / "growth")
    common = ("--key", office.published(), "--state", tmp_path / "seen", "--key-file", tmp_path / "witness")
    result = invoke("audit", "cosign", tmp_path / "growth", *common, "-o", tmp_path / "cosigned")
    assert result.exit_code == 0, result.stderr
    key = result.stderr.split()[-1]
    said(office, "audit", "witness", tmp_path / "cosigned", "--key", key)
    assert json.loads(said(office, "audit", "verify", "--format", "json", "--key", key))["sound"]
    assert invoke("audit", "cosign", tmp_path / "growth", *common).exit_code == 3
    said(office, "audit", "witness", tmp_path / "cosigned", code=2)
    assert invoke("audit", "cosign", tmp_path / "growth", "--state", tmp_path / "seen").exit_code == 2


def test_the_key_is_changed_by_its_holder_only(office: Office) -> None:
    before = office.published()
    said(office, "audit", "rotate-key", "--as", "p-office-1", code=6)
    said(office, "audit", "rotate-key", *ADMIN, "--dry-run")
    said(office, "audit", "rotate-key", *ADMIN, "--reason", "yearly")
    keys = [row["key"] for row in json.loads(said(office, "audit", "keys", "--format", "json"))["rows"]]
    assert keys[0] == before
    assert len(keys) == 2
    said(office, "audit", "rotate-key", *ADMIN, "--key-file", "/nowhere/key", code=3)


def test_a_log_goes_out_as_a_folder_and_comes_back_as_a_store(office: Office, tmp_path: Path) -> None:
    folder = tmp_path / "export"
    assert f"{office.sizes[1]} records" in said(office, "log", "export", folder)
    restored = tmp_path / "restored.db"
    result = invoke("store", "restore", folder, "--store", restored)
    assert result.exit_code == 0, result.stderr
    assert invoke("--store", restored, "audit", "verify").exit_code == 0
    assert said(office, "log", "export", "--after", office.sizes[1] - 2).count("\n") == 2


def test_an_export_that_was_changed_is_not_restored(office: Office, tmp_path: Path) -> None:
    said(office, "log", "export", tmp_path / "export")
    with (tmp_path / "export" / "events" / "entity.jsonl").open("a") as file:
        file.write("x\n")
    result = invoke("store", "restore", tmp_path / "export", "--store", tmp_path / "s.db")
    assert result.exit_code == 5
    assert not (tmp_path / "s.db").exists()


def test_particulars_are_kept_shown_and_erased(office: Office) -> None:
    clerk = ("--as", "p-office-1")
    said(office, "person", "keep", "p-zhang", "--name", "张三", *clerk)
    assert "张三" in said(office, "person", "show", "p-zhang")
    assert "张三" not in said(office, "log", "list", "--format", "jsonl", "--topic", "person")
    said(office, "person", "erase", "p-zhang", "--reason", "asked", *clerk, "--no-input", code=2)
    said(office, "person", "erase", "p-zhang", "--reason", "asked", *clerk, "--yes")
    said(office, "person", "show", "p-zhang", code=3)
    said(office, "person", "erase", "p-zhang", "--reason", "asked", *clerk, "--yes", code=1)


def test_looking_back_on_the_command_line(office: Office) -> None:
    early = json.loads(said(office, "replay", "--on", "2005-08-20", "--format", "json"))
    assert {state["phase"] for state in early["entities"].values()} == {"survey"}
    one = json.loads(said(office, "replay", "--entity", "220200", "--format", "json"))
    assert list(one["entities"]) == ["220200"]
    group = json.loads(said(office, "replay", "--group", "prefecture", "--format", "json"))
    assert len(group["entities"]) == 9
    said(office, "replay", "--to", 3, "--as-of", "2005-10-01T00:00+08:00", code=2)
    changes = json.loads(said(office, "replay", "--diff", 1540, 1550, "--format", "json"))["rows"]
    assert all(change["positions"] for change in changes)
    said(office, "replay", "--diff", 1540, 1550, "--exit-code", code=7)
    days = json.loads(said(office, "replay", "--diff", "2005-08-17", "2005-08-18", "--format", "json"))
    instants = ("2005-08-17T23:59:59+08:00", "2005-08-18T23:59:59+08:00")
    assert json.loads(said(office, "replay", "--diff", *instants, "--format", "json")) == days
    assert 0 < days["from"] < days["to"]
    assert {row["stream"].partition(":")[0] for row in days["rows"]} >= {"entity"}
    history = json.loads(said(office, "entity", "history", "increment-47", "--interventions", "--format", "json"))
    assert [row["topic"] for row in history["rows"]] == ["gate_waived.v1", "phase_moved.v1"]
    assert "!!" in said(office, "entity", "history", "increment-47")
    uses = json.loads(said(office, "log", "show", 200, "--used-by", "--format", "json"))["rows"]
    assert uses


def test_what_somebody_wrote_into_the_file_does_nothing_to_the_terminal(office: Office, tmp_path: Path) -> None:
    with sqlite3.connect(office.store) as connection:
        connection.execute("DROP TRIGGER events_no_update")
        connection.execute("UPDATE events SET actor = ? WHERE position = 300", ("p\x1b]0;x\x07\u202e",))
    connection.close()
    for command in (("audit", "verify"), ("log", "show", 300), ("log", "list", "--last", 2000)):
        office.close()
        result = invoke("--store", office.store, *command)
        assert not {"\x1b", "\x07", "\u202e"} & set(result.output + result.stderr)
    receipt = tmp_path / "receipt"
    said(office, "audit", "prove", 300, "-o", receipt)
    assert verifier.main([str(receipt), "--key", office.published()]) == 5


def test_the_verifier_says_it_without_acting_on_the_terminal(
    office: Office, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert verifier.main([str(office.store), "--key", office.published()]) == 0
    assert "everything holds" in capsys.readouterr().out
    record = tmp_path / "record"
    record.write_bytes(b"\x1b]0;x\x07 \xe2\x80\xae")
    said(office, "audit", "prove", 300, "-o", tmp_path / "receipt")
    assert verifier.main([str(tmp_path / "receipt"), "--record", str(record)]) == 5
    assert not {"\x1b", "\x07", "\u202e"} & set(capsys.readouterr().out)
    assert verifier.main([str(tmp_path / "none")]) == 3


def test_letters_and_awards_carry_the_line_of_the_last_checkpoint(office: Office) -> None:
    for noun in ("letter", "award"):
        assert office.second.split("\n")[2] in said(office, noun, "list")
