"""The rules of the escalation model as commands of the PRISM language.

Written from the crisis file and docs/escalation.md, not from the compiled arrays, so
that reading a model back checks the engine.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from backchannel.base.uncertain import Uncertain
from backchannel.crisis.escalation import Incident, Response
from backchannel.escalation.prism.pieces import WrittenPiece
from backchannel.escalation.timeline import Due
from backchannel.escalation.workshop import Workshop


class Commands:
    """Lines of one model; numbers of the file become constants when first used."""

    def __init__(self, shop: Workshop, pieces: tuple[WrittenPiece, ...]) -> None:
        self.shop, self.pieces = shop, pieces
        self.section = shop.escalation
        self.constants: dict[str, float] = {}

    def constant(self, name: str, value: float) -> str:
        """Name of a constant with this value."""
        self.constants[name] = value
        return name

    def number(self, name: str, number: Uncertain | None, default: float = 0.0) -> str:
        """Constant for a number of the file, at its median."""
        return self.constant(name, float(self.shop.draw(number, default)[0]))

    def formulas(self) -> Iterator[str]:
        """What is open, light and past, and the rate of each incident."""
        closed = [self.shop.war, *([0] if self.shop.settled == 0 else [])]
        standing = " & ".join(f"rung!={rung}" for rung in closed)
        spans = [piece.number for piece in self.pieces if not piece.is_jump]
        yield f"formula is_open = {standing} & {self._is_piece(spans)};"
        light = [p.number for p in self.pieces if p.regime and p.regime.is_light]
        yield f"formula is_light = {self._is_piece(light)};"
        for due in self.shop.timeline.deadlines:
            if self.shop.is_sure(due) and due.then.multiply:
                past = [
                    piece.number
                    for piece in self.pieces
                    if piece.regime and due.name in piece.regime.passed
                ]
                yield f"formula is_past_{due.name} = {self._is_piece(past)};"
        for name, incident in self.section.incidents.items():
            yield f"formula rate_{name} = {self._rate(name, incident)};"

    def _is_piece(self, numbers: Iterable[int]) -> str:
        return "(" + (" | ".join(f"piece={n}" for n in numbers) or "false") + ")"

    def _rate(self, name: str, incident: Incident) -> str:
        parts = [self.number(f"hazard_{name}", incident.hazard)]
        for kind, added in incident.excited_by.items():
            rate = self.number(f"excited_{name}_{kind}", added)
            parts.append(f"tokens_{kind}*{rate}")
        factors = ["(" + " + ".join(parts) + ")"]
        by_rung = {
            f"rung={self.shop.rungs.index(rung)}": self.number(
                f"at_{rung}_{name}", factor
            )
            for rung, factor in incident.by_rung.items()
        }
        factors += _choice(by_rung)
        for posture, by_setting in incident.by_posture.items():
            factors += self._by_posture(name, posture, by_setting)
        light = self.number(f"light_{name}", incident.daylight, 1.0)
        dark = self.number(f"dark_{name}", incident.night, 1.0)
        factors.append(f"(is_light ? {light} : {dark})")
        for due in self.shop.timeline.deadlines:
            if name in due.then.multiply:
                is_sure = self.shop.is_sure(due)
                when = f"is_past_{due.name}" if is_sure else f"passed_{due.name}=1"
                factor = due.then.multiply[name]
                after = self.constant(f"after_{due.name}_{name}", factor)
                factors.append(f"({when} ? {after} : 1)")
        return "*".join(factors)

    def _by_posture(
        self, name: str, posture: str, by_setting: Mapping[str, Uncertain]
    ) -> list[str]:
        settings = list(self.section.postures[posture].settings)
        constants = {
            setting: self.number(f"with_{posture}_{setting}_{name}", factor)
            for setting, factor in by_setting.items()
        }
        if posture in self.shop.world.movable_postures:
            return _choice(
                {
                    f"posture_{posture}={settings.index(setting)}": constant
                    for setting, constant in constants.items()
                }
            )
        now = self.shop.world.setting(posture)
        return [constants[now]] if now in constants else []

    def all(self) -> Iterator[str]:
        """Every command of the module."""
        for name in self.section.incidents:
            yield from self._incident(name)
        yield from self._orders_under_way()
        yield from self._decisions()
        for kind, token in self.section.tokens.items():
            hours = self.number(f"cooling_{kind}", token.cooling)
            count = f"tokens_{kind}"
            down = _update({count: f"{count}-1"})
            yield f"[] is_open & {count}>0 -> {count}/{hours} : {down};"
        yield from self._calm()
        for name, move in self.section.moves.items():
            rungs = self.shop.rungs
            hazard = self.number(f"hazard_move_{name}", move.hazard)
            there = _update({"rung": str(rungs.index(move.to_rung))})
            at = f"is_open & rung={rungs.index(move.from_rung)}"
            yield f"[] {at} -> {hazard} : {there};"
        yield from self._jumps()

    def _incident(self, name: str) -> Iterator[str]:
        incident = self.section.incidents[name]
        ignites = self.number(f"ignites_{name}", incident.ignites)
        heat: dict[str, str] = {}
        if incident.leaves is not None:
            token = f"tokens_{incident.leaves}"
            cap = self.section.tokens[incident.leaves].cap
            heat = {token: f"min({token}+1,{cap})"}
        rate = f"rate_{name}"
        up = _update({**heat, "rung": self._climbed(1)})
        yield f"[] is_open -> {rate}*{ignites} : {up};"
        for chance, changed in self._answers(name):
            update = _update({**heat, **changed})
            yield f"[] is_open -> {rate}*(1-{ignites})*{chance} : {update};"

    def _climbed(self, rungs: int) -> str:
        return f"min(rung+{rungs},{self.shop.war})"

    def _answers(self, incident: str) -> Iterator[tuple[str, dict[str, str]]]:
        """Chance and assignments of each way in which the harmed party answers."""
        harmed = self.section.incidents[incident].harmed
        silent: list[str] = []
        for name, order in self.shop.world.orders.items():
            if order.holder != harmed or incident not in order.trigger:
                continue
            fires = self.number(f"fires_{name}", order.prob_fires)
            changed = self._response(order.response)
            if order.delay is not None:
                changed = {f"under_way_{name}": "1"}
            yield "*".join([*silent, fires]), changed
            silent.append(f"(1-{fires})")
        up: dict[str, str] = {}
        if harmed in self.section.decisions:
            pending, cap = f"pending_{harmed}", self.section.decisions[harmed].cap
            up = {pending: f"min({pending}+1,{cap})"}
        yield "*".join(silent) or "1", up

    def _response(self, response: Response) -> dict[str, str]:
        if response.climb is not None:
            return {"rung": self._climbed(response.climb)}
        if response.to_rung is not None:
            return {"rung": f"max(rung,{self.shop.rungs.index(response.to_rung)})"}
        postures = self.section.postures
        return {
            f"posture_{posture}": str(list(postures[posture].settings).index(setting))
            for posture, setting in response.set_posture.items()
        }

    def _orders_under_way(self) -> Iterator[str]:
        for name, order in self.shop.world.orders.items():
            if order.delay is None:
                continue
            flag = f"under_way_{name}"
            hours = self.number(f"delay_{name}", order.delay)
            done = _update({**self._response(order.response), flag: "0"})
            yield f"[] is_open & {flag}=1 -> 1/{hours} : {done};"
            if order.countermand is not None:
                off = self.number(f"countermand_{name}", order.countermand)
                yield f"[] is_open & {flag}=1 -> {off} : {_update({flag: '0'})};"

    def _decisions(self) -> Iterator[str]:
        for party, decision in self.section.decisions.items():
            pending = f"pending_{party}"
            takes = float(self.shop.world.decision_hours(party)[0])
            hours = self.constant(f"latency_{party}", takes)
            up = self.number(f"up_{party}", decision.up)
            down = self.number(f"down_{party}", decision.down)
            for chance, rung in (
                (up, self._climbed(1)),
                (down, "max(rung-1,0)"),
                (f"max(0,1-{up}-{down})", "rung"),
            ):
                decided = _update({"rung": rung, pending: f"{pending}-1"})
                rate = f"{pending}*{chance}/{hours}"
                yield f"[] is_open & {pending}>0 -> {rate} : {decided};"

    def _calm(self) -> Iterator[str]:
        for i, (name, rung) in enumerate(self.section.rungs.items()):
            if rung.calming is not None:
                rate = self.number(f"calming_{name}", rung.calming)
                lower = _update({"rung": "max(rung-1,0)"})
                yield f"[] is_open & rung={i} -> {rate} : {lower};"
            if rung.settling is not None and self.shop.settled >= 0:
                rate = self.number(f"settling_{name}", rung.settling)
                over = _update({"rung": "0"})
                yield f"[] is_open & rung={i} -> {rate} : {over};"

    def _jumps(self) -> Iterator[str]:
        """What happens at one moment: rates are chances."""
        ends = [self.shop.war, *([0] if self.shop.settled == 0 else [])]
        standing = " & ".join(f"rung!={rung}" for rung in ends)
        for piece in self.pieces:
            guard = f"piece={piece.number} & {standing}"
            if piece.incident:
                for chance, changed in self._answers(piece.incident):
                    yield f"[] {guard} -> {chance} : {_update(changed)};"
            elif piece.due is not None:
                yield f"[] {guard} -> {self._passes(piece.due)};"

    def _passes(self, due: Due) -> str:
        changed = {}
        if due.then.to_rung is not None:
            changed["rung"] = f"max(rung,{self.shop.rungs.index(due.then.to_rung)})"
        if due in self.shop.random_deadlines:
            changed[f"passed_{due.name}"] = "1"
        chance = self.number(f"chance_{due.name}", due.then.prob)
        return f"{chance} : {_update(changed)}"


def _choice(cases: Mapping[str, str]) -> list[str]:
    """A factor that depends on the state; none where nothing does."""
    if not cases:
        return []
    inner = "1"
    for condition, value in reversed(list(cases.items())):
        inner = f"({condition} ? {value} : {inner})"
    return [inner]


def _update(changed: Mapping[str, str]) -> str:
    parts = [f"({name}'={value})" for name, value in changed.items()]
    return " & ".join(parts) or "true"
