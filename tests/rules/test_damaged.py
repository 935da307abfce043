"""A sound scheme in which any one thing is damaged: what is said of it, and of nothing else."""

from rules.damage_table import FILE, SOUND, damaged, lines, paths, put, said


def test_what_is_said_of_every_damage_is_what_was_always_said() -> None:
    assert list(lines()) == FILE.read_text(encoding="utf-8").splitlines()


def test_the_scheme_is_sound_before_it_is_damaged() -> None:
    assert said(damaged(("title",), put("short"))) == "sound"
    assert len(list(paths(SOUND))) > 150
