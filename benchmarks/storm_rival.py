"""One question to Storm, in an environment of its own that has stormpy 2.0.

    python storm_rival.py MODEL PROPERTY-TEXT NAME=VALUE,...

Prints JSON: value, seconds to build and to check, version. Storm is under the GPL;
nothing of backchannel is imported here, and backchannel never imports this.
"""

from __future__ import annotations

import json
import sys
import time

import stormpy

TO_DEFINE = stormpy.parse_prism_program(sys.argv[1], prism_compatibility=True)


def constants(text: str) -> dict:
    """Values of open constants, as Storm's expressions."""
    manager, values = TO_DEFINE.expression_manager, {}
    for pair in filter(None, text.split(",")):
        name, _, value = pair.partition("=")
        constant = TO_DEFINE.get_constant(name)
        whole = constant.type.is_integer
        values[constant.expression_variable] = (
            manager.integer(int(value))
            if whole
            else manager.rational(stormpy.Rational(value))
        )
    return values


def main() -> None:
    """Build, check, print."""
    begin = time.perf_counter()
    program = TO_DEFINE.define_undefined_constants(constants(sys.argv[3]))
    program = program.substitute_constants()
    asked = stormpy.parse_properties(sys.argv[2], program)[0]
    model = stormpy.build_model(program, [asked])
    built, cpu = time.perf_counter(), time.process_time()
    result = stormpy.model_checking(model, asked, only_initial_states=True)
    done = time.perf_counter()
    answer = {
        "value": float(result.get_value(model.initial_states[0])),
        "build_seconds": built - begin,
        "check_seconds": done - built,
        "check_cpu_seconds": time.process_time() - cpu,
        "n_states": model.nr_states,
        "version": stormpy.__version__,
    }
    sys.stdout.write(json.dumps(answer) + "\n")


if __name__ == "__main__":
    main()
