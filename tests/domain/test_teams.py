"""What a team's file changes, for whom, and everything that it may have wrong."""

import json
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import msgspec
import pytest
from domain.scenario import DEFINITION, definition

from campaign.domain import ownership, team_rules
from campaign.domain.definition import (
    Check,
    Definition,
    Gate,
    Obligation,
    Owner,
    Role,
    Team,
    TeamDuty,
    TeamGate,
    TeamPhase,
    Window,
)
from campaign.domain.governing import governing, held
from campaign.domain.state import CampaignState, Context, EntityState
from campaign.domain.teams import files_behind, for_entity, moved

WRONG = Path(__file__).with_name("wrong_teams.txt")
BOUNDS = Window(date(2005, 8, 1), date(2005, 12, 31))
GATE = Gate(id="begins", check=Check.DATE_REACHED, on=date(2005, 9, 1))
PHASES = tuple(
    msgspec.structs.replace(phase, bounds=BOUNDS, gates=(*phase.gates, GATE)) if phase.id == "implementation" else phase
    for phase in DEFINITION.phases
)
DUTIES = tuple(msgspec.structs.replace(duty, bounds=BOUNDS) for duty in DEFINITION.obligations)
OWNERS = tuple(Owner(file=f"teams/{name}.yaml", roles=("office",)) for name in ("a", "b"))
OFFICE = Role(id="office", label="Office", commands=("*",))


def team(name: str = "a", **changes: object) -> Team:
    return Team(**{"id": name, "label": name, "entities": ("faw",), **changes})  # type: ignore[arg-type]  # the test's own


def ruled(*teams: Team, **changes: object) -> Definition:
    sound = {"phases": PHASES, "obligations": DUTIES, "owners": OWNERS, "roles": (OFFICE,), "teams": teams}
    return definition(**{**sound, **changes})


def entity(name: str = "faw", **changes: object) -> EntityState:
    return EntityState(version=1, entity=name, groups=("key",), **changes)  # type: ignore[arg-type]  # the test's own


@pytest.mark.parametrize(
    ("own", "state", "theirs"),
    [
        (team(), entity(), True),
        (team(), entity("other"), False),
        (team(entities=(), prefecture="220100"), entity(prefecture="220100"), True),
        (team(entities=(), prefecture="220100"), entity("220100"), True),
        (team(entities=(), prefecture="220100"), entity(prefecture="220200"), False),
        (team(entities=(), groups=("focus",)), entity(), True),
        (team(entities=(), groups=("others",)), entity(), False),
    ],
)
def test_a_team_is_for_its_entities_its_prefecture_or_its_groups(own: Team, state: EntityState, theirs: bool) -> None:  # noqa: FBT001 -- pytest passes it
    own = msgspec.structs.replace(own, phases=(TeamPhase(id="implementation", to=date(2005, 12, 1)),))
    found = for_entity(ruled(own), state)
    assert (found.phases[2].to == date(2005, 12, 1)) is theirs


def test_what_a_team_leaves_out_stays_the_province_s() -> None:
    own = team(
        phases=(TeamPhase(id="implementation", gates=(TeamGate(id="begins", on=date(2005, 9, 3)),)),),
        duties=(TeamDuty(id="weekly", weekday=2),),
    )
    found = for_entity(ruled(own), entity())
    assert [gate.on for gate in found.phases[2].gates] == [date(2005, 9, 3)]
    assert (found.phases[2].from_, found.phases[:2]) == (PHASES[2].from_, PHASES[:2])
    assert found.obligations[0] == msgspec.structs.replace(DUTIES[0], weekday=2)
    assert found.obligations[1:] == DUTIES[1:]


@pytest.mark.parametrize(
    ("own", "days"),
    [
        (TeamPhase(id="implementation", from_=date(2005, 9, 5)), (date(2005, 9, 5), date(2005, 12, 31))),
        (TeamPhase(id="implementation", to=date(2005, 12, 1)), (date(2005, 9, 1), date(2005, 12, 1))),
        (
            TeamPhase(id="implementation", from_=date(2005, 9, 5), to=date(2005, 9, 5)),
            (date(2005, 9, 5), date(2005, 9, 5)),
        ),
    ],
    ids=["its first day", "its last day", "a single day"],
)
def test_a_team_may_move_either_end_of_a_phase(own: TeamPhase, days: tuple[date, date]) -> None:
    rules = ruled(team(phases=(own,)))
    found = for_entity(rules, entity()).phases[2]
    assert (found.from_, found.to) == days
    assert team_rules.check(rules) == []


MONTHLY = Obligation(
    id="monthly", label="月报", cadence="monthly", days=(5,), from_=date(2005, 9, 1), to=date(2005, 11, 30), weekday=5
)


@pytest.mark.parametrize(
    "change",
    [
        {"weekday": 2},
        {"days": (3,)},
        {"on": date(2005, 10, 10)},
        {"from_": date(2005, 10, 1)},
        {"to": date(2005, 10, 31)},
        {"days": (4,), "from_": date(2005, 10, 1)},
    ],
)
def test_of_an_obligation_a_team_moves_what_it_names_and_nothing_else(change: dict[str, object]) -> None:
    for province in (MONTHLY, msgspec.structs.replace(MONTHLY, days=(), from_=None, to=None)):
        own = TeamDuty(id="monthly", **change)  # type: ignore[arg-type]  # the table's own
        assert moved(province, own) == msgspec.structs.replace(province, **change)
    assert moved(MONTHLY, TeamDuty(id="monthly")) == moved(MONTHLY, None) == MONTHLY


def test_of_a_phase_a_team_moves_what_it_names_and_nothing_else() -> None:
    """Each asked of a definition of its own, as what was laid over one is kept."""
    for number, (own, days) in enumerate(
        [
            (TeamPhase(id="implementation"), (date(2005, 9, 1), date(2005, 12, 31))),
            (TeamPhase(id="implementation", from_=date(2005, 9, 2)), (date(2005, 9, 2), date(2005, 12, 31))),
            (TeamPhase(id="implementation", to=date(2005, 12, 30)), (date(2005, 9, 1), date(2005, 12, 30))),
        ]
    ):
        phases = for_entity(ruled(team(phases=(own,)), watched_sectors=(str(number),)), entity()).phases
        assert (phases[2].from_, phases[2].to) == days
        assert phases[:2] == PHASES[:2]


def test_the_province_s_own_mistakes_are_no_team_s() -> None:
    torn = (*DUTIES[:-1], msgspec.structs.replace(DUTIES[-1], days=(15,)))
    assert team_rules.check(ruled(team(obligations=(duty(),)), obligations=torn)) == []


def test_two_teams_lie_one_over_the_other() -> None:
    one = team("a", duties=(TeamDuty(id="weekly", weekday=2),))
    other = team("b", duties=(TeamDuty(id="plan", on=date(2005, 8, 29)),))
    found = for_entity(ruled(one, other), entity())
    assert (found.obligations[0].weekday, found.obligations[2].on) == (2, date(2005, 8, 29))


def duty(name: str = "fence", **changes: object) -> Obligation:
    return Obligation(id=name, label=name, cadence="once", **{"on": date(2005, 10, 10), **changes})  # type: ignore[arg-type]  # the test's own


IMPLEMENTATION = TeamPhase(id="implementation", to=date(2005, 12, 1))


def cases() -> Iterator[tuple[Team, list[str]]]:
    """Read what a team's file changes, and all that is said of it: path, code, message and remedy."""
    for block in WRONG.read_text().split("\n\n")[1:]:
        changes, *said = block.strip("\n").split("\n")
        own = {"id": "a", "label": "a", "entities": ["faw"], **json.loads(changes)}
        yield msgspec.convert(own, Team), [line.strip() for line in said]


@pytest.mark.parametrize(("own", "said"), [*cases()])
def test_all_mistakes_are_named_at_their_paths_with_a_remedy(own: Team, said: list[str]) -> None:
    assert [str(found) for found in team_rules.check(ruled(own))] == said


def test_obligations_without_bounds_are_the_province_s_alone() -> None:
    (found,) = team_rules.check(
        ruled(team(duties=(TeamDuty(id="weekly", weekday=2),)), obligations=DEFINITION.obligations)
    )
    assert (found.code, found.place.field) == ("team-without-bounds", "teams[0].duties[0].id")


@pytest.mark.parametrize(
    "scope",
    [{"entities": ("faw",)}, {"entities": (), "groups": ("key",)}, {"entities": (), "prefecture": "220100"}],
)
def test_two_teams_may_not_move_the_same_thing_for_the_same_ones(scope: dict[str, object]) -> None:
    one, other = (team(name, phases=(IMPLEMENTATION,), **scope) for name in ("a", "b"))
    rivals = "teams[1].id: team-rivals b and a both move implementation (leave it to one of them)"
    assert [str(found) for found in team_rules.check(ruled(one, other))] == [rivals]
    apart = team("b", duties=(TeamDuty(id="weekly", weekday=2),), **scope)
    assert team_rules.check(ruled(one, apart)) == []


def test_two_teams_may_not_give_their_obligations_one_id() -> None:
    one, other = (team(name, entities=(name,), obligations=(duty(),)) for name in ("a", "b"))
    said = "duplicate-id fence is an obligation of another team, too (give it an id that begins with the team's)"
    assert [str(found) for found in team_rules.check(ruled(one, other))] == [
        f"teams[{place}].obligations[0].id: {said}" for place in (0, 1)
    ]


def test_two_teams_that_move_several_things_of_several_ones_are_told_of_all_at_once() -> None:
    everything = {"phases": (IMPLEMENTATION,), "duties": (TeamDuty(id="weekly", weekday=2),)}
    one, other = (team(name, entities=("faw", name), **everything) for name in ("a", "b"))
    (found,) = team_rules.check(ruled(one, other))
    assert found.message.values == {"team": "b", "other": "a", "names": "implementation, weekly"}


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ({"entities": ("faw",)}, {"entities": ("vw",)}),
        ({"entities": (), "groups": ("key",)}, {"entities": (), "groups": ("others",)}),
        ({"entities": (), "prefecture": "220100"}, {"entities": (), "prefecture": "220200"}),
        ({"entities": (), "prefecture": "220100"}, {"entities": (), "groups": ("key",)}),
    ],
    ids=["other entities", "other groups", "other prefectures", "a prefecture and a group"],
)
def test_teams_of_others_may_move_the_same_thing(one: dict[str, object], other: dict[str, object]) -> None:
    both = (team(name, phases=(IMPLEMENTATION,), **scope) for name, scope in (("a", one), ("b", other)))
    assert team_rules.check(ruled(*both)) == []


def test_a_sound_team_has_no_problem() -> None:
    own = team(
        phases=(
            TeamPhase(id="implementation", from_=date(2005, 9, 2), gates=(TeamGate(id="begins", on=date(2005, 9, 2)),)),
        ),
        duties=(TeamDuty(id="weekly", weekday=3),),
        obligations=(duty(),),
    )
    assert team_rules.check(ruled(own)) == []


def test_owners_name_files_roles_and_keys_that_exist() -> None:
    wrong = (
        Owner(file="phase.yaml", roles=("office",)),
        Owner(file="phases.yaml", roles=("ofice",), keys=("phases", "obligation")),
    )
    found = [(item.code, item.place.field, str(item.fix)) for item in ownership.check(ruled(owners=wrong))]
    assert found == [
        ("unknown-file", "owners[0].file", "did you mean phases.yaml?"),
        ("unknown-role", "owners[1].roles[0]", "did you mean office?"),
        ("unknown-key", "owners[1].keys[1]", "did you mean obligations?"),
    ]


def test_changes_are_named_by_file_and_key() -> None:
    before = ruled(team(), team("b"))
    after = ruled(team(label="A"), obligations=())
    assert next(iter(ownership.changed(before, after))) == ("phases.yaml", "obligations")
    assert ("teams/a.yaml", "label") in list(ownership.changed(before, after))
    assert ("teams/b.yaml", "entities") in list(ownership.changed(before, after))
    assert list(ownership.changed(before, before)) == []


def test_keys_may_have_owners_of_their_own() -> None:
    owners = (
        Owner(file="phases.yaml", roles=("office",), keys=("obligations",)),
        Owner(file="phases.yaml", roles=("leader",), keys=("groups",)),
    )
    before = ruled(owners=owners)
    after = ruled(owners=owners, obligations=(), groups=(), meetings=before.meetings)
    assert [found.place.field for found in ownership.trespasses(before, after, frozenset({"office"}))] == ["groups"]


def test_whom_nobody_holds_goes_with_the_campaign() -> None:
    context = Context(ruled(team(phases=(IMPLEMENTATION,))), CampaignState(held={"x": "1"}, earlier={}))
    assert held(context.campaign, "x") is None
    assert governing(Context(None, CampaignState()), entity()) is None
    found = governing(context, entity())
    assert found is not None
    assert found.phases[2].to == date(2005, 12, 1)


@pytest.mark.parametrize(
    ("own", "state", "files"),
    [
        (team(duties=(TeamDuty(id="weekly", weekday=4),)), entity(), ("teams/a.yaml",)),
        (team(obligations=(msgspec.structs.replace(DUTIES[0], id="weekly"),)), entity(), ("teams/a.yaml",)),
        (team(duties=(TeamDuty(id="monthly", days=(3,)),)), entity(), ()),
        (team(duties=(TeamDuty(id="weekly", weekday=4),)), entity("other"), ()),
    ],
    ids=["own days", "own duty", "another duty", "another's team"],
)
def test_the_file_behind_a_duty_is_that_of_the_entity_s_own_team(
    own: Team, state: EntityState, files: tuple[str, ...]
) -> None:
    assert files_behind("weekly", state, ruled(own)) == files
