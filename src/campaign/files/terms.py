"""The words that a file of figures may use, by id and by label, as one definition gives them."""

from collections import Counter
from functools import lru_cache

from campaign.domain.definition import Definition, Indicator
from campaign.domain.schedule import OWN_ACTS, scheduled


class Terms:
    """Indicators, scopes, obligations with their periods."""

    def __init__(self, definition: Definition) -> None:
        """Take them from DEFINITION; an id goes before another's label, and a label of several is none's."""
        self.indicators: dict[str, Indicator] = {entry.label: entry for entry in definition.indicators}
        self.indicators |= {entry.id: entry for entry in definition.indicators}
        labels = Counter(entry.label for entry in definition.indicators)
        self.shared = {
            label: tuple(entry.id for entry in definition.indicators if entry.label == label)
            for label, count in labels.items()
            if count > 1 and self.indicators[label].id != label
        }
        self.scopes: dict[str, str] = {entry.label: entry.id for entry in definition.scopes}
        self.scopes |= {entry.id: entry.id for entry in definition.scopes}
        own = [entry for entry in definition.obligations if entry.act in OWN_ACTS]
        self.obligations: dict[str, str] = {entry.label: entry.id for entry in own} | {
            entry.id: entry.id for entry in own
        }
        self.periods: dict[str, frozenset[str]] = {
            entry.id: frozenset(owed.period for owed in scheduled(definition, entry)) for entry in own
        }
        self.all_periods: frozenset[str] = frozenset().union(*self.periods.values())

    @staticmethod
    @lru_cache(maxsize=8)
    def of(definition: Definition) -> "Terms":
        """Return the terms of DEFINITION, made once."""
        return Terms(definition)
