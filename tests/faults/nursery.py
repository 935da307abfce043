"""Processes of our own that start in milliseconds: one that has loaded everything forks them.

A kill then costs no more than the process it ends.  Whoever asks hears of every end, and with which code.
"""

import contextlib
import ctypes
import json
import os
import select
import signal
import subprocess
import sys
import time
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path

TESTS = Path(__file__).parents[1]
PR_SET_PDEATHSIG = 1
LOADED = ("faults.client", "faults.tail", "faults.writer", "faults.command", "campaign.store.sqlite")


class Child:
    """A process that the nursery forked."""

    def __init__(self, nursery: "Nursery", pid: int) -> None:
        self.pid, self._nursery = pid, nursery

    def poll(self) -> int | None:
        """Return its exit code, negative for a signal; None while it runs."""
        self._nursery.listen(0)
        return self._nursery.ended.get(self.pid)

    def wait(self, timeout: float) -> int | None:
        """Wait until it ends, TIMEOUT seconds at most; return its exit code."""
        until = time.monotonic() + timeout
        while self.pid not in self._nursery.ended and time.monotonic() < until:
            self._nursery.listen(until - time.monotonic())
        return self._nursery.ended.get(self.pid)

    def kill(self) -> None:
        """End it with -9, wherever it stands, and wait until it is gone."""
        with contextlib.suppress(ProcessLookupError):
            os.kill(self.pid, signal.SIGKILL)
        assert self.wait(60) is not None


class Nursery:
    """The asking side."""

    def __init__(self) -> None:
        path = os.pathsep.join([str(TESTS), *filter(None, [os.environ.get("PYTHONPATH")])])
        environment = os.environ | {"PYTHONPATH": path}
        command = [sys.executable, "-m", "faults.nursery"]
        self._server = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=environment)
        self._heard = b""
        self._born: list[int] = []
        self.ended: dict[int, int] = {}

    def start(self, module: str, *arguments: object) -> Child:
        """Run `main(*ARGUMENTS)` of a module, with everything as text, in a new process."""
        assert self._server.stdin is not None
        self._server.stdin.write(json.dumps([module, *map(str, arguments)]).encode() + b"\n")
        self._server.stdin.flush()
        while not self._born:
            self.listen(60)
        return Child(self, self._born.pop())

    def listen(self, timeout: float) -> None:
        """Take in what the server says, waiting TIMEOUT seconds at most for the first word."""
        assert self._server.stdout is not None
        while select.select([self._server.stdout], [], [], max(timeout, 0))[0]:
            said = os.read(self._server.stdout.fileno(), 65536)
            assert said, "the nursery ended"
            *lines, self._heard = (self._heard + said).split(b"\n")
            for line in lines:
                word, pid, code = line.split()
                if word == b"born":
                    self._born.append(int(pid))
                else:
                    self.ended[int(pid)] = int(code)
            timeout = 0

    def close(self) -> None:
        """End it; what it started ends too."""
        self._server.kill()
        self._server.communicate()


@contextmanager
def opened() -> Iterator[Nursery]:
    """Have a nursery for a while."""
    nursery = Nursery()
    try:
        yield nursery
    finally:
        nursery.close()


# --- the serving side --------------------------------------------------------------------------------------------


def serve() -> None:
    """Fork a process for every line on stdin; tell of births and ends on stdout."""
    for name in LOADED:
        import_module(name)
    if find_spec("psycopg"):
        import_module("campaign.store.postgres")
    read, write = os.pipe()
    os.set_blocking(write, False)
    signal.set_wakeup_fd(write)
    signal.signal(signal.SIGCHLD, lambda *_: None)
    waiting = b""
    while True:
        ready, _, _ = select.select([0, read], [], [])
        if read in ready:
            os.read(read, 4096)
            bury()
        if 0 in ready:
            said = os.read(0, 65536)
            if not said:
                return
            *lines, waiting = (waiting + said).split(b"\n")
            for line in lines:
                tell("born", fork(json.loads(line)), 0)


def tell(word: str, pid: int, code: int) -> None:
    os.write(1, f"{word} {pid} {code}\n".encode())


def bury() -> None:
    """Tell of every process that ended."""
    with contextlib.suppress(ChildProcessError):
        while (found := os.waitpid(-1, os.WNOHANG))[0]:
            tell("ended", found[0], os.waitstatus_to_exitcode(found[1]))


def die_with_parent() -> None:
    """Have the system kill this process when the nursery ends, however that comes about."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)


def fork(order: list[str]) -> int:
    """Start a process, which may not outlive the test."""
    pid = os.fork()
    if pid:
        return pid
    code = 1
    try:
        die_with_parent()
        signal.set_wakeup_fd(-1)
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
        os.dup2(2, 1)
        import_module(order[0]).main(*order[1:])
        code = 0
    except SystemExit as ended:
        code = ended.code if isinstance(ended.code, int) else 1
    except BaseException:  # noqa: BLE001 -- the one place where a process of ours ends
        traceback.print_exc()
    finally:
        os._exit(code)


if __name__ == "__main__":
    serve()
