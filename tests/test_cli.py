"""The command line, as a person types it: output, errors, exit codes, Ctrl-C."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

COMMAND = [sys.executable, "-m", "backchannel"]


def run(*words: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*COMMAND, *words], cwd=cwd, capture_output=True, text=True, check=False
    )


def test_a_new_crisis_goes_from_starter_to_brief(tmp_path: Path) -> None:
    """new, check and brief, in an empty folder."""
    assert run("new", "my-crisis", cwd=tmp_path).returncode == 0
    checked = run("check", "my-crisis.yaml", cwd=tmp_path)
    assert checked.stdout.startswith("my-crisis.yaml: sound; ")
    words = ("brief", "my-crisis.yaml", "--draws", "40", "--out", "out")
    made = run(*words, cwd=tmp_path)
    assert (made.returncode, made.stderr.count("wrote ")) == (
        0,
        made.stderr.count("\n"),
    )
    assert "P(war)" in made.stdout or "war" in made.stdout
    written = {path.name for path in (tmp_path / "out").iterdir()}
    assert {"brief.html", "brief.md", "brief.json"} <= written


def test_new_refuses_to_overwrite(tmp_path: Path) -> None:
    (tmp_path / "mine.yaml").write_text("precious")
    refused = run("new", "mine", cwd=tmp_path)
    assert refused.returncode == 2
    assert "exists" in refused.stderr
    assert (tmp_path / "mine.yaml").read_text() == "precious"


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("check", "nowhere"), "no such file or crisis"),
        (("brief", "strait", "--draws", "0"), "--draws"),
        (("brief", "strait", "--hours", "soon"), "--hours: is 'soon'"),
        (("brief", "strait", "--hours", "9,3"), "ascending"),
        (("brief", "strait", "--hours", "9,nan"), "ascending"),
        (("brief", "strait", "--hours", "9,999"), "999"),
        (("check", "folder"), "is a folder"),
        (("brief", "strait", "--seed", "-4"), "--seed"),
        (("brief", "strait", "--draws", "many"), "--draws"),
        (("new", "Über"), "not a name for a file"),
        (("compare", "a", "b"), "a"),
        (("escalation", "strait", "--lever", "drones=groundd"), "'drones=grounded'?"),
        (
            ("escalation", "strait", *("--lever", "drones=grounded") * 2),
            "'drones' is set twice",
        ),
        (("escalation", "strait", "--hours", "9,999"), "999"),
        (("escalation", "strait", "--draws", "5", "--prism", "no/x"), "no/x"),
        (("brief", "strait", "--draws", "5", "--out", "file/x"), "file"),
    ],
)
def test_errors_are_one_message_and_exit_2(
    tmp_path: Path, words: tuple[str, ...], message: str
) -> None:
    (tmp_path / "file").write_text("not a folder")
    (tmp_path / "folder").mkdir()
    failed = run(*words, cwd=tmp_path)
    assert failed.returncode == 2
    assert message in failed.stderr
    assert "Traceback" not in failed.stderr


def test_a_broken_file_lists_every_problem_with_its_line(tmp_path: Path) -> None:
    run("new", "mine", cwd=tmp_path)
    path = tmp_path / "mine.yaml"
    text = path.read_text().replace("harmed: north", "harmed: nort")
    path.write_text(text.replace("horizon: 4 d", "horizon: 4"))
    failed = run("check", "mine.yaml", cwd=tmp_path)
    assert failed.returncode == 2
    assert "mine.yaml:" in failed.stderr
    assert "Did you mean 'north'?" in failed.stderr or "no unit" in failed.stderr


def test_json_is_all_that_standard_output_holds(tmp_path: Path) -> None:
    made = run("brief", "strait", "--draws", "30", "--json", cwd=tmp_path)
    assert json.loads(made.stdout)["crisis"]
    assert made.stderr == ""


def test_escalation_prints_what_its_json_holds(tmp_path: Path) -> None:
    """Text and JSON of one run, with two levers pulled and the model written."""
    words = ("escalation", "strait", "--draws", "30", "--hours", "24,72")
    levers = ("--lever", "drones=grounded", "--lever", "fire_back=overridden")
    made = run(*words, *levers, "--prism", "strait.prism", cwd=tmp_path)
    assert made.returncode == 0
    assert "with drones=grounded + fire_back=overridden" in made.stdout
    assert made.stderr.startswith("wrote strait.prism; ")
    assert "NOT" not in made.stderr
    # Called off, the order is not in the model.
    assert "fire_back" not in (tmp_path / "strait.prism").read_text()
    page = json.loads(run(*words, *levers, "--json", cwd=tmp_path).stdout)
    assert page["backchannel_escalation"] == 1
    assert page["hours"] == [24, 72]
    assert page["certificate"]["is_verified"] is True
    both, alone = page["pulled"], page["levers"][0]
    assert both["median"] <= alone["median"] < 0
    change = both["prob_war"]["mean"][-1] - page["prob_war"]["mean"][-1]
    assert both["mean"] == pytest.approx(change, abs=1e-12)
    unpulled = json.loads(run(*words, "--json", cwd=tmp_path).stdout)
    assert unpulled["pulled"] is None
    assert unpulled["prob_war"] == page["prob_war"]


def test_the_schema_is_json(tmp_path: Path) -> None:
    schema = json.loads(run("schema", cwd=tmp_path).stdout)
    assert schema["properties"]["actors"]


def test_list_names_the_shipped_crises(tmp_path: Path) -> None:
    listed = run("list", cwd=tmp_path).stdout
    assert "cuba-1962" in listed
    assert "strait" in listed


def test_ctrl_c_leaves_no_broken_file(tmp_path: Path) -> None:
    """Interrupted at several moments: files are whole or not there; exit code 130."""
    for delay in (0.4, 0.9, 1.6):
        out = tmp_path / f"out-{delay}"
        words = ("brief", "cuba-1962", "--draws", "4000", "--out", str(out))
        process = subprocess.Popen(
            [*COMMAND, *words],
            cwd=tmp_path,
            stderr=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            env=dict(os.environ),
        )
        time.sleep(delay)
        process.send_signal(signal.SIGINT)
        _, errors = process.communicate(timeout=60)
        assert b"Traceback" not in errors
        if process.returncode == 130:
            assert b"stopped" in errors
        left = [p for p in out.rglob("*") if p.is_file()] if out.exists() else []
        assert all(not p.name.startswith(".") and p.stat().st_size for p in left)
        if (out / "brief.json").exists():
            json.loads((out / "brief.json").read_text())


INTERRUPTING = """
import signal, sys

class Interrupts:
    def find_spec(self, name, path=None, target=None):
        if name == {module!r}:
            {how}

# A shell's background jobs begin with the signal ignored.
signal.signal(signal.SIGINT, signal.default_int_handler)
sys.meta_path.insert(0, Interrupts())
sys.argv = ["backchannel", "brief", "strait", "--draws", "20"]
from backchannel.__main__ import main
main()
"""
AT_ONCE = "signal.raise_signal(signal.SIGINT)"
# Python cannot pass on what a destructor raises, and goes on.
IN_A_DESTRUCTOR = """class Late:
                def __del__(self):
                    signal.raise_signal(signal.SIGINT)
            Late()"""


@pytest.mark.parametrize(
    ("module", "how"),
    [
        ("typer", AT_ONCE),
        ("backchannel.cli.solve", AT_ONCE),
        ("numpy", AT_ONCE),
        ("numba.core.types", AT_ONCE),
        ("backchannel.report.records", AT_ONCE),
        ("numba.core.types", IN_A_DESTRUCTOR),
    ],
)
def test_ctrl_c_during_imports_is_as_quiet(
    tmp_path: Path, module: str, how: str
) -> None:
    """One line and exit code 130, wherever in the imports the interrupt falls."""
    done = subprocess.run(
        [sys.executable, "-c", INTERRUPTING.format(module=module, how=how)],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 130
    assert done.stderr == "stopped; no file was left half written\n"
    assert done.stdout == ""


RECTANGLES = """
<utility_space type="nonlinear"><objective name="root">
<issue index="1" name="troops" vtype="integer" lowerbound="1" upperbound="4"/>
<issue index="2" name="weeks" vtype="integer" lowerbound="1" upperbound="4"/>
<utility maxutility="10"><ufun type="PlainUfun" weight="1" aggregation="sum">
<hyperRectangle utility="4"><INCLUDES index="1" min="{}" max="{}"/></hyperRectangle>
<hyperRectangle utility="3">
<INCLUDES index="1" min="2" max="3"/><INCLUDES index="2" min="1" max="{}"/>
</hyperRectangle>
<hyperRectangle utility="2"><INCLUDES index="2" min="{}" max="4"/></hyperRectangle>
</ufun></utility></objective><reservation value="0.0"/></utility_space>
"""


def test_settle_proves_what_is_no_sum(tmp_path: Path) -> None:
    """Hyper-rectangles by themselves; where points are left out the gap is null."""
    folder = tmp_path / "talks"
    folder.mkdir()
    (folder / "north.xml").write_text(RECTANGLES.format(3, 4, 2, 3))
    (folder / "south.xml").write_text(RECTANGLES.format(1, 2, 4, 4))
    shown = run("settle", "talks", cwd=tmp_path)
    assert shown.stdout.startswith("talks: 16 packages, 2 parties, frontier")
    assert "exact: none of" in shown.stdout
    record = json.loads(run("settle", "talks", "--json", cwd=tmp_path).stdout)
    assert (record["status"], record["gap"]) == ("exact", 0.0)
    assert record["is_complete"] is True
    assert record["n_points"] > 1
    words = ("settle", "talks", "--method", "proof", "--max-points", "1")
    assert "truncated (gap inf)" in run(*words, cwd=tmp_path).stdout
    text = run(*words, "--json", cwd=tmp_path).stdout
    short = json.loads(text, parse_constant=pytest.fail)
    assert (short["status"], short["gap"]) == ("truncated", None)
    assert short["is_complete"] is False
    refused = run("settle", "talks", "--method", "scan", cwd=tmp_path)
    assert (refused.returncode, refused.stdout) == (2, "")
    assert "holds hyper-rectangles" in refused.stderr
    alone = run("settle", "talks", "--max-points", "1", cwd=tmp_path)
    assert (alone.returncode, alone.stdout) == (2, "")
    assert "--method proof; give both" in alone.stderr


def test_settle_says_what_to_offer_and_what_opens_a_zone(tmp_path: Path) -> None:
    """A plan of offers for the side asked, and its singles, in text and JSON."""
    words = ("settle", "strait", "--draws", "40", "--party", "bravo")
    assert "bravo  worth " in run(*words, cwd=tmp_path).stdout
    record = json.loads(run(*words, "--json", cwd=tmp_path).stdout)
    (plan,) = record["offers"]
    assert plan["sender"] == "bravo"
    assert plan["gain"] >= plan["singles"][0]["gain"] - 1e-9
    assert record["openings"] == []
    unknown = run(*words[:-1], "delta", cwd=tmp_path)
    assert (unknown.returncode, unknown.stdout) == (2, "")
    assert "no party 'delta'" in unknown.stderr


def test_settle_takes_a_crisis_or_a_folder(tmp_path: Path) -> None:
    """A shipped crisis, a NegoLog folder, and JSON of both; a bad folder exits 2."""
    folder = tmp_path / "fund"
    folder.mkdir()
    for name, values in (("north", [1.0, 0.75, 0.0]), ("south", [0.0, 0.75, 1.0])):
        profile = {
            "issueWeights": {"size": 1.0},
            "issues": {"size": dict(zip("abc", values, strict=True))},
            "reservationValue": 0.0,
        }
        (folder / f"{name}.json").write_text(json.dumps(profile), "utf-8")
    shown = run("settle", "fund", cwd=tmp_path)
    assert shown.stdout.startswith("fund: 3 packages, 2 parties, frontier 3 points")
    record = json.loads(run("settle", "fund", "--json", cwd=tmp_path).stdout)
    assert record["solutions"][0] == {"name": "nash", "value": 0.5625, "points": [1]}
    assert record["frontier"][1]["package"] == {"size": "b"}
    words = ("settle", "strait", "--draws", "40")
    assert run(*words, cwd=tmp_path).stdout.startswith("packages ")
    crisis = json.loads(run(*words, "--json", cwd=tmp_path).stdout)
    assert crisis["n_passing"] <= crisis["n_packages"]
    assert crisis["best"]["package"]
    merged = run("settle", "fund", "--method", "merge", "--out", "f.csv", cwd=tmp_path)
    assert merged.stdout == shown.stdout
    assert (tmp_path / "f.csv").read_text().startswith("point,n_packages,issue:size")
    one = run("settle", "fund", "--party", "south", cwd=tmp_path)
    assert "1 parties, frontier 1 points" in one.stdout
    side = run(*words, "--party", "bravo", cwd=tmp_path)
    assert "bravo: accepts " in side.stdout
    streamed = run(*words, "--method", "streamed", cwd=tmp_path)
    assert streamed.stdout.startswith("of 17 feasible packages")
    nominal = run(*words, "--method", "nominal", cwd=tmp_path)
    assert "of 18 packages pass" in nominal.stdout
    secret = run(*words, "--method", "secret", "--out", "s.csv", cwd=tmp_path)
    assert "a leak more likely than not stops a package" in secret.stdout
    assert (tmp_path / "s.csv").exists()
    proven = run("settle", "fund", "--method", "proof", "--out", "g.csv", cwd=tmp_path)
    assert "frontier 3 points" in proven.stdout
    assert "Nash" in run(*words, "--method", "proof", cwd=tmp_path).stdout.title()
    wrong = run(*words, "--method", "merge", cwd=tmp_path)
    assert (wrong.returncode, wrong.stdout) == (2, "")
    assert "one of exhaustive, streamed, nominal, secret, proof" in wrong.stderr
    (folder / "south.json").write_text("{", "utf-8")
    refused = run("settle", "fund", cwd=tmp_path)
    assert (refused.returncode, refused.stdout) == (2, "")
    assert "south.json:1" in refused.stderr


def test_hold_says_what_would_hold(tmp_path: Path) -> None:
    """Text with each outcome once, and the same as JSON."""
    shown = run("hold", "strait", "--draws", "40", cwd=tmp_path)
    assert shown.returncode == 0
    assert shown.stdout.startswith("What would hold?\n- Once agreed, the best package")
    record = json.loads(
        run("hold", "strait", "--draws", "40", "--json", cwd=tmp_path).stdout
    )
    quo, *deals = record["outcomes"]
    assert quo["terms"] == {}
    assert len(deals) == 3
    for deal in deals:
        assert deal["holds"]["nash"] <= deal["holds"]["seq"] <= deal["holds"]["gmr"]
    assert "verified" in record["check"]
    refused = run("hold", "nowhere", cwd=tmp_path)
    assert refused.returncode == 2
    assert refused.stderr.startswith("nowhere: no such file or crisis")


def test_hold_says_so_where_nobody_moves(tmp_path: Path) -> None:
    """A file without values has no answer, and no traceback."""
    name = "gallery/rubinstein1982"
    shown = run("hold", name, "--draws", "20", cwd=tmp_path)
    assert (shown.returncode, shown.stderr) == (0, "")
    assert "Nobody with values" in shown.stdout
