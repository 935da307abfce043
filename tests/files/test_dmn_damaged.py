"""A sound DMN model in which any one thing is damaged: what is said of it, or what scheme it still becomes."""

from files.dmn.damage_table import FILE, damages, lines


def test_what_is_said_of_every_damage_is_what_was_always_said() -> None:
    assert list(lines()) == FILE.read_text(encoding="utf-8").splitlines()


def test_every_damage_changes_the_model() -> None:
    names = [name for name, _ in damages()]
    assert len(names) > 300
    assert len({xml for _, xml in damages()}) > len(names) * 0.9
