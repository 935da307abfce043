"""Print what a store's log folds to, and its tree head, as one hash: `python folded.py STORE` (P-13)."""

import hashlib
import sys
from datetime import date

from campaign.app.replay import fold
from campaign.app.session import Settings, open_session
from campaign.domain.truth import true_on
from campaign.readmodels.views import ALL
from campaign.store.log import Log

DAY = date(2005, 8, 25)
VIEWS = {view.name: view for view in ALL}


def folded(log: Log) -> str:
    """Hash the tree head, and every row at the head, at position 1,000, and as it was true on a day of the story."""
    tree, records = log.tree(), list(log.scan())
    digest = hashlib.sha256(tree.root(tree.size))
    for seen in (records, records[:1000], true_on(records, DAY)):
        for (view, key), row in fold(seen).items():
            digest.update(f"{view}/{key}\n".encode() + VIEWS[view].dump(row))
    return digest.hexdigest()


if __name__ == "__main__":
    sys.stdout.write(folded(open_session(Settings(sys.argv[1])).log))
