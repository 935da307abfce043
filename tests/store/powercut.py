"""What a disk holds after a power cut, from the system calls that a process made.

The process runs under strace, which records every write with its bytes and every sync.  Of each file, what was written
before its last sync is there; of what came later, anything may be: nothing of it, some of it, or all.
"""

import random
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import msgspec

CALLS = "write,pwrite64,pwritev,fsync,fdatasync,sync_file_range,ftruncate,unlink,rename,fallocate"
LINE = re.compile(r"^(?:\[pid +\d+\] |\d+ +)?(\w+)\((.*)\) += (-?\d+)")
TARGET = re.compile(r"^(\d+)<([^>]*)>(?:, )?(.*)$")
DATA = re.compile(r'^"((?:\\x[0-9a-f]{2})*)", \d+(?:, (\d+))?$')


class Step(msgspec.Struct, frozen=True):
    """One system call: what it did to which file; for an acknowledgement, its text."""

    kind: str
    path: str
    offset: int = 0
    data: bytes = b""


class NotUnderstood(Exception):  # noqa: N818 -- a trace is not understood
    """The trace holds a call that the model does not know: no result is better than a wrong one."""


def record(command: list[str], trace: Path, directory: Path) -> list[Step]:
    """Run COMMAND under strace and return its steps on files in DIRECTORY, and on stdout."""
    options = ["-f", "-y", "-xx", "-s", "70000", "-e", f"trace={CALLS}", "-o", str(trace)]
    subprocess.run(["strace", *options, *command], check=True, stdout=subprocess.DEVNULL)  # noqa: S607 -- the system's strace
    with trace.open() as lines:
        return [step for line in lines if (step := parse(line, directory)) is not None]


def parse(line: str, directory: Path) -> Step | None:
    """Return the step of one line, None when it concerns other files."""
    match = LINE.match(line)
    if match is None or int(match[3]) < 0:
        if str(directory) in line and "unfinished" in line:
            raise NotUnderstood(line)
        return None
    call, arguments = match[1], match[2]
    if call in ("unlink", "rename"):
        return path_step(call, arguments, directory)
    target = TARGET.match(arguments)
    if target is None:
        return None
    number, path, rest = target[1], unescape(target[2]), target[3]
    if number == "1" and call == "write":
        return Step("told", "", data=payload(rest)[0])
    if not path.startswith(str(directory)):
        return None
    return file_step(call, Path(path).name, rest)


def unescape(text: str) -> str:
    """Return a path that strace may have written in hexadecimal."""
    return bytes.fromhex(text.replace("\\x", "")).decode() if text.startswith("\\x") else text


def path_step(call: str, arguments: str, directory: Path) -> Step | None:
    paths = [unescape(part) for part in re.findall(r'"([^"]*)"', arguments)]
    if not any(path.startswith(str(directory)) for path in paths):
        return None
    if call == "rename":
        raise NotUnderstood(arguments)
    return Step("unlink", Path(paths[0]).name)


def file_step(call: str, name: str, rest: str) -> Step:
    match call:
        case "pwrite64":
            data, offset = payload(rest)
            return Step("write", name, offset, data)
        case "fsync" | "fdatasync":
            return Step("sync", name)
        case "ftruncate":
            return Step("truncate", name, int(rest))
        case _:
            raise NotUnderstood(f"{call} {name}")


def payload(rest: str) -> tuple[bytes, int]:
    match = DATA.match(rest)
    if match is None:
        raise NotUnderstood(rest[:80])
    return bytes.fromhex(match[1].replace("\\x", "")), int(match[2] or 0)


def apply(content: bytes, step: Step) -> bytes:
    """Return a file's bytes after one step."""
    if step.kind == "truncate":
        return content[: step.offset].ljust(step.offset, b"\0")
    padded = content.ljust(step.offset, b"\0")
    return padded[: step.offset] + step.data + padded[step.offset + len(step.data) :]


class Cut(msgspec.Struct):
    """A power cut: the files as the disk has them, and what had been acknowledged."""

    files: dict[str, bytes]
    told: list[str]


def cuts(start: dict[str, bytes], steps: list[Step], seed: int | None = None) -> Iterator[Cut]:
    """Yield the state after a power cut behind each step.

    With no SEED, nothing that was not synced is there; with one, a random part of it is, in any order.
    """
    chance = random.Random(seed)  # noqa: S311 -- a seed, not a secret
    durable, pending, told = dict(start), dict[str, list[Step]](), list[str]()
    for step in steps:
        match step.kind:
            case "told":
                told = [*told, *step.data.decode().split()]
            case "sync":
                for each in pending.pop(step.path, []):
                    durable[step.path] = apply(durable.get(step.path, b""), each)
            case "unlink":
                durable.pop(step.path, None)
                pending.pop(step.path, None)
            case _:
                pending.setdefault(step.path, []).append(step)
        files = dict(durable)
        if seed is not None:
            for path, waiting in pending.items():
                for each in waiting:
                    if chance.random() < 0.5:
                        files[path] = apply(files.get(path, b""), each)
        yield Cut(files, told)


def write_down(files: dict[str, bytes], directory: Path) -> None:
    """Make DIRECTORY hold FILES and nothing else."""
    for old in directory.iterdir():
        old.unlink()
    for name, content in files.items():
        (directory / name).write_bytes(content)


def read(directory: Path) -> dict[str, bytes]:
    """Return the files of DIRECTORY."""
    return {each.name: each.read_bytes() for each in directory.iterdir()}


def available() -> bool:
    """Whether strace is there and may trace."""
    command = ["strace", "-o", "/dev/null", sys.executable, "-c", "pass"]
    try:
        return subprocess.run(command, capture_output=True, check=False).returncode == 0
    except OSError:
        return False
