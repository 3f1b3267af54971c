"""P(war) of written crises by Storm, in an environment of its own with stormpy 2.0.

    python crisis_in_storm.py < CRISES

Reads a JSON list of crises, each with `text` and `pieces` (`number`, `hours`, 0 for a
jump), and prints one line of JSON: Storm's version and P(war by the horizon) of each.

Storm parses the text, lists every state of it and carries values from the horizon back
to the start. Over a stretch of time the value of a state is the mean of the values
where it will be. Storm tells the chance to be in a set of states at an hour,
`P=? [ F[h,h] "set" ]`, so values are taken apart into binary digits, each of which is a
set. (A mean is `R=? [ I=h ]`, but Storm 2.0.0 answers that otherwise than its own
`P=?` where both are the same chance: 1.8e-7 and 7.5e-9 for one crisis after an hour.)
In a jump rates are chances, and the matrix that Storm has built is applied once.

Storm is under the GPL; nothing of backchannel is imported here, and backchannel never
imports this.
"""

from __future__ import annotations

import json
import re
import sys
import tempfile

import stormpy
from stormpy.datastructures import BitVector

# Of values between 0 and 1: what is left is below 1e-14.
N_DIGITS = 48
VARIABLE = re.compile(r"^  (\w+) : (\[\d+\.\.\d+\]) init (\d+);$", re.MULTILINE)


def program_of(text: str, piece: int):
    """The program of one piece, all states of which are first states."""
    everywhere = VARIABLE.sub(r"  \1 : \2;", text) + "init true endinit\n"
    with tempfile.NamedTemporaryFile("w", suffix=".prism") as file:
        file.write(everywhere)
        file.flush()
        program = stormpy.parse_prism_program(file.name, prism_compatibility=True)
    constant = program.get_constant("piece").expression_variable
    number = program.expression_manager.integer(piece)
    return program.define_undefined_constants({constant: number}).substitute_constants()


def model_of(text: str, piece: int):
    """The chain of one piece, and its states as tuples of the variables in order."""
    options = stormpy.BuilderOptions()
    options.set_build_state_valuations()
    options.set_build_all_labels()
    model = stormpy.build_model(program_of(text, piece), options=options)
    names = [match[1] for match in VARIABLE.finditer(text)]
    kept = model.state_valuations
    held = {variable.name: variable for variable in kept.get_all_variables()}
    columns = [kept.get_int64_values(held[name]) for name in names]
    return model, list(zip(*columns, strict=True))


def before(model, values: list[float], hours: float) -> list[float]:
    """Values of all states before a piece, from those after it."""
    if hours == 0:
        return [
            values[i]
            + sum(
                entry.value * (values[entry.column] - values[i])
                for entry in model.transition_matrix.get_row(i)
            )
            for i in range(model.nr_states)
        ]
    found, rest = [0.0] * model.nr_states, list(values)
    for digit in range(N_DIGITS):
        worth, name = 2.0**-digit, f"digit{digit}"
        states = BitVector(model.nr_states, False)
        for i, left in enumerate(rest):
            if left >= worth:
                states.set(i, True)
                rest[i] -= worth
        if not states.get_number_of_set_bits():
            continue
        model.labeling.add_label(name)
        model.labeling.set_states(name, states)
        asked = stormpy.parse_properties(f'P=? [ F[{hours!r},{hours!r}] "{name}" ]')[0]
        chance = stormpy.model_checking(model, asked)
        for i in range(model.nr_states):
            found[i] += worth * chance.get_value(i)
    return found


def prob_war(text: str, pieces: list[dict]) -> float:
    """P(war by the horizon) of one crisis."""
    after: dict[tuple[int, ...], float] | None = None
    for piece in reversed(pieces):
        model, states = model_of(text, piece["number"])
        if after is None:
            ends = model.labeling.get_states("war")
            values = [float(ends.get(i)) for i in range(model.nr_states)]
        else:
            values = [after[state] for state in states]
        values = before(model, values, piece["hours"])
        after = dict(zip(states, values, strict=True))
    start = tuple(int(match[3]) for match in VARIABLE.finditer(text))
    return after[start]


def main() -> None:
    """Read, check, print."""
    crises = json.load(sys.stdin)
    found = [prob_war(crisis["text"], crisis["pieces"]) for crisis in crises]
    answer = {"version": stormpy.__version__, "prob_war": found}
    sys.stdout.write(json.dumps(answer) + "\n")


if __name__ == "__main__":
    main()
