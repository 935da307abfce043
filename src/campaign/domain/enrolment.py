"""Taking part in the campaign: kind, groups, place in the territory and among enterprises (R-18, R-55, R-59)."""

from campaign.domain import phases
from campaign.domain.commands import EnrolEntity
from campaign.domain.events import EntityEnrolled
from campaign.domain.situation import IDENTIFIER, Decision, Situation, blanks, problem, repeats, settle, unknown
from campaign.problems import Problem, Refused, T


def enrol(command: EnrolEntity, at: Situation) -> Decision:
    """Enrol an entity in the first phase."""
    if at.state.version:
        message = T("{entity} is enrolled already", entity=command.entity)
        return Refused((problem("already-enrolled", message, T("enrol it once"), field="entity"),))
    event = EntityEnrolled(
        entity=command.entity,
        kind=command.kind,
        name=command.title,
        groups=command.groups,
        initial_phase=phases.graph(at.definition).initial,
        parent=command.parent,
        prefecture=command.prefecture,
        ownership=command.ownership,
        supervision=command.supervision,
        sector=command.sector,
        tags=command.tags,
        named_in_source=command.named_in_source,
        voluntary=command.voluntary,
        has_conditions=command.has_conditions,
    )
    return settle([*_identity(command), *_groups(command, at)], event)


def _identity(command: EnrolEntity) -> list[Problem]:
    problems = blanks(kind=command.kind, title=command.title)
    if not IDENTIFIER.fullmatch(command.entity):
        message = T("{entity} is not an identifier", entity=command.entity)
        fix = T("use small letters a-z, digits and _ . - and begin with a letter or digit")
        problems.append(problem("not-an-identifier", message, fix, field="entity"))
    if command.parent == command.entity:
        message = T("{entity} cannot be its own parent", entity=command.entity)
        problems.append(problem("own-parent", message, T("name another parent, or none"), field="parent"))
    return problems + repeats("tags", command.tags)


def _groups(command: EnrolEntity, at: Situation) -> list[Problem]:
    problems = repeats("groups", command.groups)
    known = {group.id: group for group in at.definition.groups}
    for name in command.groups:
        group = known.get(name)
        if group is None:
            problems.append(unknown("unknown-group", "group", name, known))
        elif group.kind not in {"", command.kind}:
            message = T(
                "group {group} is for the kind {kind}, not {other}", group=name, kind=group.kind, other=command.kind
            )
            problems.append(problem("kind-mismatch", message, T("correct the kind or the group"), field="groups"))
    return problems
