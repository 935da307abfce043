"""What holds for every test of this room."""

from domain.ambient import spoilt_context

__all__ = ["spoilt_context"]
