"""A simulation as it is told: totals, OPDs, and the people for whom most would change."""

from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal

from app.enactment import schemas
from app.enactment.comparing import PersonChange, Seen, UnitChange, count_moves
from app.enactment.service import Simulation
from app.enactment.tpp_months import Cut
from app.policies.rules import Rules
from app.reports.rules import mask_nip
from app.scoring.standing import Standing

ZERO = Decimal(0)


def show(simulation: Simulation, limit: int) -> schemas.SimulationRead:
    ground, changes = simulation.ground, simulation.person_changes
    versions = ground.reign.between(ground.from_date, ground.to_date)
    return schemas.SimulationRead.model_validate(
        {
            "policy": simulation.rules.label,
            "in_force": [rules.label for rules in versions],
            "from": ground.from_date,
            "to": ground.to_date,
            "as_concluded": any(_concludes(rules) != _concludes(simulation.rules) for rules in versions),
            "totals": _totals(simulation),
            "opd": _opds(simulation.unit_changes, changes),
            "people": [_person(change) for change in changes[:limit]],
            "more_people": max(0, len(changes) - limit),
        }
    )


def _concludes(rules: Rules) -> object:
    """What only the conclusion of marks asks a policy."""
    return rules.wfa_share_percent, rules.exemptions and rules.exemptions.waived_connectivity


def _totals(simulation: Simulation) -> schemas.SimulationTotals:
    changes = simulation.person_changes
    rises = [
        (change.new.points or ZERO) - (change.old.points or ZERO)
        for change in changes
        if change.new.points != change.old.points
    ]
    return schemas.SimulationTotals(
        apels=len({unit.apel_id for unit in simulation.units}),
        units=len({unit.unit.opd_code for unit in simulation.units}),
        people=len(simulation.people),
        opds_changed=len(_codes(simulation.unit_changes, changes)),
        people_changed=len(changes),
        points_up=sum(rise > 0 for rise in rises),
        points_down=sum(rise < 0 for rise in rises),
        apel_steps=_moves((change.old.apel_step, change.new.apel_step) for change in changes),
        discipline=_moves(
            (old.tier, new.tier)
            for change in changes
            for (_, old), (_, new) in zip(change.old.discipline, change.new.discipline, strict=True)
        ),
        tpp=_tpp_totals([change for change in changes if change.old.tpp != change.new.tpp]),
    )


def _moves(pairs: Iterable[tuple[str | None, str | None]]) -> list[schemas.MoveRead]:
    return [schemas.MoveRead.model_validate(move) for move in count_moves(pairs)]


def _tpp_totals(changes: Sequence[PersonChange]) -> schemas.TppTotals:
    old = sum((change.old.tpp_amount for change in changes), ZERO)
    new = sum((change.new.tpp_amount for change in changes), ZERO)
    unpaid = sum(all(cut.amount is None for cut in (*change.old.tpp, *change.new.tpp)) for change in changes)
    return schemas.TppTotals(
        people=len(changes), without_rate=unpaid, old_amount=int(old), new_amount=int(new), difference=int(new - old)
    )


def _codes(units: Iterable[UnitChange], people: Iterable[PersonChange]) -> list[str]:
    return sorted({change.opd_code for change in units} | {change.person.opd_code for change in people})


def _opds(units: Sequence[UnitChange], people: Sequence[PersonChange]) -> list[schemas.OpdChange]:
    standings: dict[str, list[schemas.UnitStandingChange]] = {}
    for change in units:
        shown = schemas.UnitStandingChange(kind=change.kind, old=_side(change.old), new=_side(change.new))
        standings.setdefault(change.opd_code, []).append(shown)
    counted: dict[str, int] = {}
    money: dict[str, Decimal] = {}
    for one in people:
        code = one.person.opd_code
        counted[code] = counted.get(code, 0) + 1
        money[code] = money.get(code, ZERO) + one.money
    return [
        schemas.OpdChange(
            opd_code=code,
            standings=standings.get(code, []),
            people=counted.get(code, 0),
            tpp_difference=int(money.get(code, ZERO)),
        )
        for code in _codes(units, people)
    ]


def _side(standing: Standing | None) -> schemas.StandingSide | None:
    if standing is None:
        return None
    return schemas.StandingSide(
        apels=standing.apels,
        points=float(standing.points),
        band=standing.band,
        rank=standing.rank,
        tier=standing.tier,
    )


def _person(change: PersonChange) -> schemas.PersonChangeRead:
    person, old, new = change
    return schemas.PersonChangeRead(
        asn_id=person.asn_id,
        name=person.name,
        nip_masked=mask_nip(person.nip),
        opd_code=person.opd_code,
        points=None
        if old.points == new.points
        else schemas.PointsPair(old=_number(old.points), new=_number(new.points)),
        apel_step=None if old.apel_step == new.apel_step else schemas.CodePair(old=old.apel_step, new=new.apel_step),
        discipline=_discipline(old, new),
        tpp=_tpp(old, new),
        tpp_difference=int(change.money),
        href=f"/v1/scores/asn/{person.asn_id}",
    )


def _number(value: Decimal | None) -> float | None:
    return None if value is None else float(value)


def _discipline(old: Seen, new: Seen) -> list[schemas.DisciplineChange]:
    return [
        schemas.DisciplineChange(year=year, old=before.tier, new=after.tier, old_days=before.days, new_days=after.days)
        for (year, before), (_, after) in zip(old.discipline, new.discipline, strict=True)
        if before != after
    ]


def _tpp(old: Seen, new: Seen) -> list[schemas.TppMonthChange]:
    before, after = ({cut.month: cut for cut in seen.tpp} for seen in (old, new))
    months = sorted(month for month in {*before, *after} if before.get(month) != after.get(month))
    return [_month(month, before.get(month), after.get(month)) for month in months]


def _month(month: date, before: Cut | None, after: Cut | None) -> schemas.TppMonthChange:
    """A month without a line is one in which nothing is cut."""
    paid = any(cut is not None and cut.amount is not None for cut in (before, after))
    return schemas.TppMonthChange(
        month=month,
        old_percent=float(before.percent if before else ZERO),
        new_percent=float(after.percent if after else ZERO),
        old_amount=int((before and before.amount) or ZERO) if paid else None,
        new_amount=int((after and after.amount) or ZERO) if paid else None,
    )
