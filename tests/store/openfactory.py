"""For the library's own tests on each store: a factory that admits every topic, text ids, no reader left behind."""

import threading
from uuid import uuid4

from campaign.store.recorder import Factory


class Anything:
    """The topics of the library's tests are any text."""

    def __contains__(self, topic: object) -> bool:
        return isinstance(topic, str)


class OpenFactory(Factory):
    topics = Anything()


class WithTextIds:
    """The same with texts as ids."""

    ids = "text"

    def new_originator_id(self) -> str:
        return f"entity:jl2005/{uuid4()}"


def wait_for_readers() -> None:
    """Wait for the threads that the library's test tells to stop, and does not wait for."""
    for thread in threading.enumerate():
        if "read_continuously" in thread.name:
            thread.join()
