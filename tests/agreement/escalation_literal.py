"""A literal, slow reading of the escalation rules: one state, one rule at a time.

Written from the rules in words (docs/escalation.md), with dictionaries and
dense matrices, and sharing no code with the engine.
"""

from __future__ import annotations

from datetime import timedelta
from zoneinfo import ZoneInfo

import numpy as np
from scipy.linalg import expm


class Literal:
    """One crisis in one draw of its numbers, under one variation."""

    def __init__(self, crisis, draws, draw, variation):
        self.crisis, self.section = crisis, crisis.escalation
        self.value = lambda number, default=0.0: (
            default if number is None else float(draws[number][draw])
        )
        self.variation = variation
        self.rungs = list(self.section.rungs)

    def orders(self, incident):
        harmed = self.section.incidents[incident].harmed
        for name, order in self.section.standing_orders.items():
            fires = order.status in ("in_force", "breached")
            fires = self.variation.orders.get(name, fires)
            if fires and incident in order.trigger and order.holder == harmed:
                yield name, order

    def is_over(self, state):
        rung = self.rungs[dict(state)["rung"]]
        return rung == self.rungs[-1] or self.section.rungs[rung].is_settled

    def close(self, state):
        """War and settled keep nothing but the rung."""
        frozen = tuple(sorted(state.items()))
        return (("rung", state["rung"]),) if self.is_over(frozen) else frozen

    def climb(self, state, n):
        return {**state, "rung": min(state["rung"] + n, len(self.rungs) - 1)}

    def respond(self, state, response):
        if response.climb is not None:
            return self.climb(state, response.climb)
        if response.to_rung is not None:
            to = self.rungs.index(response.to_rung)
            return {**state, "rung": max(state["rung"], to)}
        return state | {f"posture {p}": s for p, s in response.set_posture.items()}

    def answers(self, incident, state):
        """Pairs of chance and state after the harmed party has answered."""
        still_open = 1.0
        for name, order in self.orders(incident):
            p = self.value(order.prob_fires)
            after = (
                self.respond(state, order.response)
                if order.delay is None
                else {**state, f"under way {name}": 1}
            )
            yield still_open * p, after
            still_open *= 1.0 - p
        harmed = self.section.incidents[incident].harmed
        if harmed in self.section.decisions:
            key, cap = f"pending {harmed}", self.section.decisions[harmed].cap
            state = {**state, key: min(state.get(key, 0) + 1, cap)}
        yield still_open, state

    def factor(self, incident, state, is_light, passed):
        record = self.section.incidents[incident]
        rung = self.rungs[state["rung"]]
        factor = self.value(record.by_rung.get(rung), 1.0)
        for posture, by_setting in record.by_posture.items():
            setting = state[f"posture {posture}"]
            factor *= self.value(by_setting.get(setting), 1.0)
        factor *= self.value(record.daylight if is_light else record.night, 1.0)
        for name in passed:
            if state.get(f"deadline {name}"):
                multiply = self.crisis.deadlines[name].if_passed.multiply
                factor *= multiply.get(incident, 1.0)
        return factor

    def events(self, state, is_light):
        """Pairs of rate and state after everything that can happen."""
        passed = list(self.crisis.deadlines)
        for name, incident in self.section.incidents.items():
            rate = self.value(incident.hazard)
            for kind, added in incident.excited_by.items():
                rate += state.get(f"tokens {kind}", 0) * self.value(added)
            rate *= self.factor(name, state, is_light, passed)
            heated = dict(state)
            if incident.leaves is not None:
                key, cap = f"tokens {incident.leaves}", 0
                cap = self.section.tokens[incident.leaves].cap
                heated[key] = min(state.get(key, 0) + 1, cap)
            ignites = self.value(incident.ignites)
            yield rate * ignites, self.climb(heated, 1)
            for chance, after in self.answers(name, heated):
                yield rate * (1.0 - ignites) * chance, after
        for name, order in self.section.standing_orders.items():
            key = f"under way {name}"
            if state.get(key, 0):
                off = {**state, key: 0}
                yield 1 / self.value(order.delay), self.respond(off, order.response)
                yield self.value(order.countermand), off
        for party, decision in self.section.decisions.items():
            key = f"pending {party}"
            n = state.get(key, 0)
            if n:
                channel = self.variation.channels.get(party, decision.channel)
                hops = self.crisis.channels[channel].hops.values()
                hours = sum(self.value(hop.latency) for hop in hops)
                hours += self.value(self.crisis.actors[party].deliberation)
                up, down = self.value(decision.up), self.value(decision.down)
                after = {**state, key: n - 1}
                yield n / hours * up, self.climb(after, 1)
                lower = {**after, "rung": max(after["rung"] - 1, 0)}
                yield n / hours * down, lower
                yield n / hours * (1 - up - down), after
        for kind, token in self.section.tokens.items():
            n = state.get(f"tokens {kind}", 0)
            if n:
                yield n / self.value(token.cooling), {**state, f"tokens {kind}": n - 1}
        rung = self.section.rungs[self.rungs[state["rung"]]]
        yield self.value(rung.calming), {**state, "rung": max(state["rung"] - 1, 0)}
        if rung.settling is not None:
            yield self.value(rung.settling), {**state, "rung": 0}
        for move in self.section.moves.values():
            if move.from_rung == self.rungs[state["rung"]]:
                to = self.rungs.index(move.to_rung)
                yield self.value(move.hazard), {**state, "rung": to}

    def start(self):
        section = self.section
        state = {"rung": self.rungs.index(section.start.rung)}
        for name, posture in section.postures.items():
            setting = self.variation.postures.get(name, posture.now)
            state[f"posture {name}"] = setting
        state |= {f"pending {p}": n for p, n in section.start.pending.items()}
        state |= {f"tokens {k}": n for k, n in section.start.tokens.items()}
        mixture = [(1.0, state)]
        for incident in section.start.outstanding:
            mixture = [
                (p * q, after)
                for p, before in mixture
                for q, after in self.answers(incident, before)
            ]
        return mixture

    def passing(self, name, state):
        then = self.crisis.deadlines[name].if_passed
        p = self.value(then.prob)
        after = {**state, f"deadline {name}": 1}
        if then.to_rung is not None:
            to = self.rungs.index(then.to_rung)
            after["rung"] = max(after["rung"], to)
        return [(p, after), (1 - p, state)]

    def ends(self):
        """P(war) and P(settled) at the horizon."""
        now = self.crisis.now.middle
        horizon = self.crisis.horizon.median()
        due = {
            name: (d.at.middle - now) / timedelta(hours=1)
            for name, d in self.crisis.deadlines.items()
        }
        zone = ZoneInfo(self.section.daylight.zone)

        def is_light(hour):
            local = (now + timedelta(hours=hour)).astimezone(zone)
            clock = local.hour + local.minute / 60
            return self.section.daylight.sunrise <= clock < self.section.daylight.sunset

        # Every change falls on a half hour in these crises.
        weights: dict = {}
        for p, state in self.start():
            key = self.close(self.tidy(state))
            weights[key] = weights.get(key, 0.0) + p
        index = self.all_states(list(weights))
        x = np.zeros(len(index))
        for key, p in weights.items():
            x[index[key]] += p
        q = {light: self.matrix(index, light) for light in (False, True)}
        half = {light: expm(q[light].T / 2) for light in q}
        for step in range(round(2 * horizon)):
            x = half[is_light(step / 2 + 0.25)] @ x
            for name, hour in sorted(due.items(), key=lambda item: item[1]):
                if hour == (step + 1) / 2:
                    x = self.jump(index, name).T @ x
        war = index[(("rung", len(self.rungs) - 1),)]
        settled = index.get((("rung", 0),))
        over = self.section.rungs[self.rungs[0]].is_settled
        return x[war], x[settled] if over and settled is not None else 0.0

    def tidy(self, state):
        """Digits at zero are left out, so that equal states look equal."""
        return {
            key: v
            for key, v in state.items()
            if v != 0 or key == "rung" or key.startswith("posture")
        }

    def all_states(self, first):
        index = {key: i for i, key in enumerate(first)}
        index.setdefault((("rung", len(self.rungs) - 1),), len(index))
        queue = list(index)
        while queue:
            key = queue.pop()
            if self.is_over(key):
                continue
            state = dict(key)
            after = [s for light in (True, False) for _, s in self.events(state, light)]
            for name in self.crisis.deadlines:
                after += [s for _, s in self.passing(name, state)]
            for s in after:
                new = self.close(self.tidy(s))
                if new not in index:
                    index[new] = len(index)
                    queue.append(new)
        return index

    def matrix(self, index, light):
        q = np.zeros((len(index), len(index)))
        for key, i in index.items():
            if not self.is_over(key):
                for rate, after in self.events(dict(key), light):
                    q[i, index[self.close(self.tidy(after))]] += rate
                    q[i, i] -= rate
        return q

    def jump(self, index, name):
        m = np.eye(len(index))
        for key, i in index.items():
            if not self.is_over(key):
                m[i, i] = 0.0
                for p, after in self.passing(name, dict(key)):
                    m[i, index[self.close(self.tidy(after))]] += p
        return m
