"""stub while readmodels come"""


def run(*a, **k):
    raise NotImplementedError


def winners(*a):
    return []
