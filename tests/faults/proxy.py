"""A connection between clients and a server that breaks: it cuts, delays and doubles, or swallows everything."""

import asyncio
import random
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, suppress

import msgspec

CHUNK = 65_536


class Manners(msgspec.Struct, frozen=True):
    """How often, for each piece of data that passes, the proxy misbehaves.

    cut: ends the connection in the place of passing it on.  delay: holds it back.  double: for each connection, whether
    all that the client said is said a second time once it has ended, as by messages that come twice and late.
    """

    cut: float = 0.0
    delay: float = 0.0
    double: float = 0.0


class Proxy:
    """Listens on a port of its own and passes on to another."""

    def __init__(self, target: int, manners: Manners, seed: int) -> None:
        self.target, self.manners = target, manners
        self.chance = random.Random(seed)  # noqa: S311 -- a seed, not a secret
        self.did: Counter[str] = Counter()
        self.port = 0
        self._loop = asyncio.new_event_loop()
        self._open = asyncio.Event()
        self._tasks: set[asyncio.Task[None]] = set()
        self._server: asyncio.Server | None = None
        self._thread = threading.Thread(target=self._run, daemon=True)
        started = threading.Event()
        self._started = started
        self._thread.start()
        started.wait()

    # --- asked from outside --------------------------------------------------------------------------------------

    def swallow(self) -> None:
        """Pass nothing on any more, and say nothing of it: a network that is gone."""
        self._loop.call_soon_threadsafe(self._open.clear)

    def recover(self) -> None:
        """Pass on again."""
        self._loop.call_soon_threadsafe(self._open.set)

    def close(self) -> None:
        """End every connection, and let no other in."""
        asyncio.run_coroutine_threadsafe(self._close(), self._loop).result()
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    # --- within the loop -----------------------------------------------------------------------------------------

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        self._server = self._loop.run_until_complete(asyncio.start_server(self._serve, "127.0.0.1", 0))
        self.port = self._server.sockets[0].getsockname()[1]
        self._open.set()
        self._started.set()
        self._loop.run_forever()

    async def _close(self) -> None:
        assert self._server is not None
        self._server.close()
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _serve(self, client: asyncio.StreamReader, back: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        said: list[bytes] = []
        with suppress(OSError, asyncio.CancelledError):
            await self._join(client, back, said)
            if said and self.chance.random() < self.manners.double:
                self.did["double"] += 1
                await self._repeat(said)
        back.close()
        self._tasks.discard(task)

    async def _join(self, client: asyncio.StreamReader, back: asyncio.StreamWriter, said: list[bytes]) -> None:
        """Pass on both ways until either end is reached."""
        server, forth = await asyncio.open_connection("127.0.0.1", self.target)
        pumps = [
            asyncio.ensure_future(each) for each in (self._pump(client, forth, said), self._pump(server, back, []))
        ]
        try:
            await asyncio.wait(pumps, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for pump in pumps:
                pump.cancel()
            await asyncio.gather(*pumps, return_exceptions=True)
            forth.close()
            back.close()

    async def _pump(self, source: asyncio.StreamReader, target: asyncio.StreamWriter, said: list[bytes]) -> None:
        """Pass on until the end is reached, or it is time to misbehave."""
        while piece := await source.read(CHUNK):
            await self._open.wait()
            if self.chance.random() < self.manners.cut:
                self.did["cut"] += 1
                return
            if self.chance.random() < self.manners.delay:
                self.did["delay"] += 1
                await asyncio.sleep(self.chance.uniform(0, 0.05))
            said.append(piece)
            target.write(piece)
            await target.drain()

    async def _repeat(self, said: list[bytes]) -> None:
        """Say everything a second time, late, and hear what there is to hear for a while."""
        server, forth = await asyncio.open_connection("127.0.0.1", self.target)
        forth.write(b"".join(said))
        with suppress(TimeoutError):
            async with asyncio.timeout(0.5):
                while await server.read(CHUNK):
                    pass
        forth.close()


@contextmanager
def between(target: int, manners: Manners = Manners(), seed: int = 0) -> Iterator[Proxy]:  # noqa: B008 -- frozen
    """Have a proxy before a port for a while."""
    proxy = Proxy(target, manners, seed)
    try:
        yield proxy
    finally:
        proxy.close()
