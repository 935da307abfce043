"""A service on loopback that notices are posted to: it keeps what it gets, and may be told to be out of order."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread

SECRET = "s3cret-t0ken"  # noqa: S105 -- the test looks for it where it must not be


class Postbox(HTTPServer):
    """Takes posted notices; while it is out of order it answers 500 and still remembers that it was asked."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Counter)
        self.broken = False
        self.asked = 0
        self.kept: list[dict[str, str]] = []

    @property
    def url(self) -> str:
        """Where it stands, as apprise wants it, with a secret in it."""
        return f"json://office:{SECRET}@127.0.0.1:{self.server_port}/notices"


class _Counter(BaseHTTPRequestHandler):
    server: Postbox

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.asked += 1
        if not self.server.broken:
            self.server.kept.append(json.loads(body))
        self.send_response(500 if self.server.broken else 200)
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 -- the library's name
        """Say nothing."""


@contextmanager
def postbox() -> Iterator[Postbox]:
    """Serve on a free port until the block ends."""
    box = Postbox()
    thread = Thread(target=box.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield box
    finally:
        box.shutdown()
        thread.join()
        box.server_close()
