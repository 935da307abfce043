"""A proxy between a client and a server that loses what a network can lose: an answer, or a request."""

import socket
import threading
from contextlib import suppress

CHUNK = 65536


class Proxy:
    """Listens on a loopback port of its own and passes bytes on, until told otherwise.

    lose_answer: once a request holds these bytes, it is passed on and the connection cut when the server has answered.
    lose_request: once a request holds these bytes, the connection is cut and the request never arrives.
    times: how often that is done.  down: new connections are cut at once.  lost: how often something was lost.
    """

    def __init__(self, port: int) -> None:
        """Pass on to PORT."""
        self.lose_answer = b""
        self.lose_request = b""
        self.times = 1
        self.down = False
        self.lost = 0
        self._target = port
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        self._sockets: list[socket.socket] = [self._listener]
        threading.Thread(target=self._accept, daemon=True).start()

    def close(self) -> None:
        """Stop listening and cut every connection."""
        for each in self._sockets:
            _cut(each)

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                client, _ = self._listener.accept()
                if self.down:
                    _cut(client)
                    continue
                server = socket.create_connection(("127.0.0.1", self._target))
                self._sockets += [client, server]
                muted = threading.Event()
                for work in (self._requests, self._answers):
                    threading.Thread(target=work, args=(client, server, muted), daemon=True).start()

    def _requests(self, client: socket.socket, server: socket.socket, muted: threading.Event) -> None:
        with suppress(OSError):
            while data := client.recv(CHUNK):
                due = self.lost < self.times
                if due and self.lose_request and self.lose_request in data:
                    self.lost += 1
                    break
                if due and self.lose_answer and self.lose_answer in data:
                    self.lost += 1
                    muted.set()
                server.sendall(data)
        _cut(client)
        _cut(server)

    def _answers(self, client: socket.socket, server: socket.socket, muted: threading.Event) -> None:
        with suppress(OSError):
            while data := server.recv(CHUNK):
                if muted.is_set():
                    break
                client.sendall(data)
        _cut(client)
        _cut(server)


def _cut(each: socket.socket) -> None:
    with suppress(OSError):
        each.shutdown(socket.SHUT_RDWR)
    each.close()
