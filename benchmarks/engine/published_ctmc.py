"""Published values of continuous-time models in the PRISM language, and their times.

    python -m benchmarks.engine.published_ctmc [--up-to STATES] [--families A,B]
        [--storm PYTHON]

Models and values: Quantitative Verification Benchmark Set, github.com/ahartmanns/qcomp
at c7324a31, CC-BY 4.0, read from ../shared/data/clock; nothing is run where that folder
is absent. Each value must be met to 1e-10 (or lie within the published interval, where
that is wider) before its time is kept. `--storm` names a Python with stormpy 2.0: Storm
then gets the same model, property and constants, in turn.

Some published values have no model in PRISM language in that folder: philosophers and
speed-ind. Of the polling family three sizes are there, the others are written from the
third by the pattern of its text.
"""

from __future__ import annotations

import argparse
import json
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

from backchannel.base.errors import BackchannelError
from backchannel.escalation.prism.bind import bind
from backchannel.escalation.prism.explore import explore
from backchannel.escalation.prism.parse_model import parse_model
from backchannel.escalation.prism.parse_properties import Properties, read_properties
from backchannel.escalation.prism.questions import PrismAnswer, answer
from benchmarks.measured_run import write_result

FOLDER = Path(__file__).resolve().parents[3] / "shared" / "data" / "clock"
RIVAL = Path(__file__).parents[1] / "storm_rival.py"
RELATIVE = 1e-10
RIVAL_SECONDS = 900


@dataclass(frozen=True)
class Published:
    """One published value; `half_width` is that of its interval, 0 where exact."""

    family: str
    size: dict[str, Any]
    question: str
    n_states: int
    value: float
    half_width: float
    text: str

    @property
    def name(self) -> str:
        """Family, size and question."""
        shown = ",".join(f"{k}={v}" for k, v in self.size.items())
        return f"{self.family}({shown}) {self.question}"


def published() -> Iterator[Published]:
    """Every published value; `text` is empty where the model is not at hand."""
    for row in json.loads((FOLDER / "qvbs_values.json").read_text())["values"]:
        value, half = _value(row["value"])
        size = row["params"] | row["file_params"]
        yield Published(
            row["model"], size, row["property"], row["states"][0], value, half,
            _model_text(row["file"].removesuffix(".jani")),
        )  # fmt: skip


def _value(given: Any) -> tuple[float, float]:
    if not isinstance(given, dict):
        return float(given), 0.0
    if "num" in given:
        return float(Fraction(int(given["num"]), int(given["den"]))), 0.0
    if "approx" in given:
        return given["approx"], 0.0
    low, high = given["lower"], given["upper"]
    middle = float(f"{0.5 * (low + high):.14g}")
    # The interval was put around a value that had been rounded to so many digits.
    last = Decimal(repr(middle)).as_tuple().exponent
    return middle, max(0.5 * (high - low), 0.5 * 10.0 ** int(last))


def _model_text(name: str) -> str:
    path = FOLDER / "qvbs" / f"{name}.prism"
    if path.exists():
        return path.read_text()
    family, _, size = name.partition(".")
    return polling(int(size)) if family == "polling" else ""


def polling(n: int) -> str:
    """The polling model with n stations, after the published one with three."""
    text = (FOLDER / "qvbs" / "polling.3.prism").read_text()
    text = text.replace("const int N = 3;", f"const int N = {n};").replace(
        "s : [1..3];", f"s : [1..{n}];"
    )
    middle = re.search(r"\t\[loop2a\].*?\n\t\n", text, re.DOTALL)
    copy = re.search(r"module station2 .*?endmodule\n", text)
    if middle is None or copy is None:
        raise RuntimeError("polling.3.prism does not look as expected")
    loops = "".join(
        re.sub(r"(?<=loop)2|(?<=serve)2|(?<=s=)2", str(i), middle.group())
        for i in range(2, n)
    )
    last = re.search(r"\t\[loop3a\].*?\n\t\n", text, re.DOTALL)
    if last is None:
        raise RuntimeError("polling.3.prism does not look as expected")
    end = re.sub(r"(?<=loop)3|(?<=serve)3|(?<=s=)3", str(n), last.group())
    copies = "".join(
        re.sub(r"(?<=station)2|(?<==s)2|(?<=loop)2(?=[ab][,\s])|(?<==serve)2", str(i),
               copy.group())
        for i in range(2, n + 1)
    )  # fmt: skip
    text = text.replace(last.group(), end).replace(middle.group(), loops)
    return re.sub(
        r"module station2 .*?endmodule\n(module station3 .*?\n)", copies, text
    )


def ask(case: Published) -> tuple[PrismAnswer, dict[str, float], str]:
    """Build the model, answer, and time both."""
    model, questions = parse_model(case.text, case.family), _questions(case)
    open_constants = {n for n, c in model.constants.items() if c.value is None}
    of_model = {k: v for k, v in case.size.items() if k in open_constants}
    of_question = {k: v for k, v in case.size.items() if k in questions.constants}
    wall, cpu = time.perf_counter(), time.process_time()
    chain = explore(bind(model, of_model))
    built = time.perf_counter()
    if chain.n_states != case.n_states and case.family != "majority":
        raise RuntimeError(f"{case.name}: {chain.n_states} states, not {case.n_states}")
    found = answer(chain, questions, case.question, constants=of_question)
    times = {
        "n_states": chain.n_states,
        "build_seconds": built - wall,
        "check_seconds": time.perf_counter() - built,
        "cpu_seconds": time.process_time() - cpu,
    }
    given = ",".join(f"{k}={v}" for k, v in of_model.items())
    return found, times, given


def _questions(case: Published) -> Properties:
    return read_properties(FOLDER / "qvbs" / f"{case.family}.props")


def check(case: Published, found: PrismAnswer) -> float:
    """Relative distance from the published value; raises where it is too far."""
    off = abs(found.value - case.value)
    if not off <= max(RELATIVE * abs(case.value), case.half_width):
        raise RuntimeError(f"{case.name}: {found.value!r}, published {case.value!r}")
    return off / abs(case.value)


def rival(python: str, text: str, question: str, constants: str) -> dict[str, Any]:
    """Ask Storm the same in its own environment."""
    with tempfile.NamedTemporaryFile("w", suffix=".prism") as file:
        file.write(text)
        file.flush()
        words = [python, str(RIVAL), file.name, question, constants]
        try:
            done = subprocess.run(
                words, capture_output=True, text=True, timeout=RIVAL_SECONDS, check=True
            )
        except subprocess.TimeoutExpired:
            return {"gave_up_after_seconds": RIVAL_SECONDS}
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return found


def property_text(case: Published) -> str:
    """The question as its file writes it, its constants filled in."""
    text = (FOLDER / "qvbs" / f"{case.family}.props").read_text()
    found = re.search(rf'"{case.question}"\s*:\s*([^;\n]+)', text)
    if found is None:
        raise RuntimeError(f"no property {case.question}")
    filled = found.group(1)
    for name, value in case.size.items():
        filled = re.sub(rf"(?<![\w\"'{{]){name}(?![\w\"])", str(value), filled)
    return filled


def _wanted(case: Published, options: argparse.Namespace) -> str:
    """Why a value is left out; empty where it is asked for."""
    families = options.families.split(",") if options.families else []
    if families and case.family not in families:
        return "not asked for"
    if not case.text:
        return "no model in PRISM language at hand"
    if case.n_states > options.up_to:
        return f"{case.n_states:,} states, more than --up-to"
    return ""


def main() -> None:
    """Run, print and write the result."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--up-to", type=int, default=20_000)
    parser.add_argument("--families", default="")
    parser.add_argument("--storm", default=None)
    options = parser.parse_args()
    if not FOLDER.is_dir():
        sys.stderr.write(f"{FOLDER} is not here; nothing to compare with\n")
        return
    rows: dict[str, Any] = {}
    for case in published():
        reason = _wanted(case, options)
        if reason:
            rows[case.name] = {"left_out": reason}
            continue
        try:
            found, times, given = ask(case)
        except BackchannelError as error:
            rows[case.name] = {"left_out": str(error)}
            continue
        row = {"relative": check(case, found), "route": found.route, **times}
        if options.storm:
            row["storm"] = rival(options.storm, case.text, property_text(case), given)
        rows[case.name] = row
        print(f"{case.name:60s} {row['relative']:.1e} {row['cpu_seconds']:8.2f} s")
    left = [name for name, row in rows.items() if "left_out" in row]
    print(f"{len(rows) - len(left)} values met, {len(left)} left out")
    print(write_result("published_ctmc", rows))


if __name__ == "__main__":
    main()
