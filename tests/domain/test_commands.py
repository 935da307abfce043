"""Commands: what each is called, and to which stream it goes."""

import re

import msgspec
import pytest
from domain.test_nothing_lost import LIFE as OF_AN_ENTITY
from domain.test_nothing_lost_of_a_campaign import LIFE as OF_THE_CAMPAIGN
from domain.test_nothing_lost_of_a_campaign import PROJECT

from campaign.domain import commands as c
from campaign.domain.commands import COMMANDS, stream_of

FAMILIES = (c.CampaignCommand, c.EntityCommand, c.ProjectCommand)
SAID = [
    *(command for _, command in (*OF_THE_CAMPAIGN, *PROJECT)),
    *(getattr(step, "command", step) for step in OF_AN_ENTITY),
]


@pytest.mark.parametrize(
    ("command", "stream"),
    [
        (c.CloseCampaign("done"), "campaign:spring"),
        (c.ProposeAward("a-1", "r-1", "faw"), "campaign:spring"),
        (c.MovePhase("faw"), "entity:spring/faw"),
        (c.BindDefinition("faw"), "entity:spring/faw"),
        (c.SelectProject("p-1", "large"), "project:spring/p-1"),
        (c.RegisterProject("p-1", "A press", "faw", "new"), "project:spring/p-1"),
    ],
)
def test_a_command_goes_to_one_stream(command: c.Command, stream: str) -> None:
    assert stream_of(command, "spring") == stream


def test_every_command_goes_to_the_stream_of_its_family() -> None:
    for command in SAID:
        kind, _, rest = stream_of(command, "k").partition(":")
        (family,) = (name for name in FAMILIES if isinstance(command, name))
        assert (kind, family) in zip(("campaign", "entity", "project"), FAMILIES, strict=True)
        assert rest in {"k", f"k/{getattr(command, 'entity', '')}", f"k/{getattr(command, 'project', '')}"}


def test_every_command_has_a_name_of_its_own_noun_and_verb() -> None:
    assert {type(command) for command in SAID} == set(COMMANDS.values())
    for name, kind in COMMANDS.items():
        assert kind.name == name
        assert re.fullmatch(r"[a-z]+\.[a-z-]+", name)
        assert issubclass(kind, FAMILIES)
        assert kind not in {*FAMILIES, c.Command}
    assert c.BindDefinition.name not in COMMANDS, "an adoption brings its bindings with it"


def test_a_command_refuses_a_field_that_it_has_not() -> None:
    for command in SAID:
        plain = {**msgspec.to_builtins(command), "unheard_of": 1}
        with pytest.raises(msgspec.ValidationError, match="unheard_of"):
            msgspec.convert(plain, type(command), strict=False)
