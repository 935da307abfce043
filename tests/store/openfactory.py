"""A factory for tests, with a registry that admits every topic."""

from campaign.store.recorder import Factory


class Anything:
    """The topics of the library's tests are any text."""

    def __contains__(self, topic: object) -> bool:
        return isinstance(topic, str)


class OpenFactory(Factory):
    topics = Anything()
