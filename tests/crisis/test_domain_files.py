"""Domains of other tools: what is read, and what each reader refuses."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from backchannel.base.errors import BackchannelError, CrisisFileError, ModelError
from backchannel.crisis.domain import Domain
from backchannel.crisis.domain_files import load_domain

NEGMAS = {
    "domain.yml": """
name: fund
issues:
- {name: size, type: CategoricalIssue, values: [small, large]}
- {name: years, type: ContiguousIssue, values: [2, 4]}
""",
    "north.yml": """
type: LinearAdditiveUtilityFunction
reserved_value: 0.25
weights: [0.6, 0.4]
values:
- {type: TableFun, mapping: {small: 0.0, large: 1.0}}
- {type: AffineFun, slope: -0.5, bias: 2.0}
""",
    "south.yml": """
type: ExpDiscountedUFun
discount: 0.9
ufun:
  type: LinearAdditiveUtilityFunction
  reserved_value: -.inf
  weights: {years: 1.0, size: 0.5}
  bias: 1.0
  values:
    size: {small: 1.0, large: 0.0}
    years: {type: IdentityFun}
""",
}
GENIUS_ISSUES = """
<issue index="2" name="size" type="discrete">
 <item index="1" value="small" {}/><item index="2" value="large" {}/>
 <similarity_function><item value="large" evaluation="99"/></similarity_function>
</issue>
"""
GENIUS = {
    "template.xml": "<negotiation_template><utility_space><objective>"
    + GENIUS_ISSUES.format("", "")
    + "</objective></utility_space></negotiation_template>",
    "north.xml": "\n<utility_space><objective>"
    + GENIUS_ISSUES.format('evaluation="10"', 'evaluation="40"')
    + '<weight index="2" value="0.8"/></objective>'
    + '<reservation value="0.1"/><discount_factor value="0.5"/></utility_space>',
    "south.xml": "<utility_space><objective>"
    + GENIUS_ISSUES.format('evaluation="3"', 'evaluation="0"')
    + '<weight index="2" value="1.0"/></objective></utility_space>',
    "pareto.xml": "0.5, 1.0",
}
WEB_DOMAIN = {
    "name": "fund",
    "issuesValues": {
        "size": {"values": ["small", "large"]},
        "rate": {"range": ["1.0", "2.0", "0.4"]},
    },
}


def web_profile(*, reserve: dict[str, str] | None, weight: float = 0.5) -> Any:
    """A profile as GeniusWeb writes it."""
    return {
        "LinearAdditiveUtilitySpace": {
            "issueUtilities": {
                "size": {
                    "DiscreteValueSetUtilities": {
                        "valueUtilities": {"small": 0, "large": 1}
                    }
                },
                "rate": {
                    "NumberValueSetUtilities": {
                        "lowValue": 1,
                        "highValue": 2,
                        "lowUtility": 0.0,
                        "highUtility": 1.0,
                    }
                },
            },
            "issueWeights": {"size": weight, "rate": 0.5},
            "domain": WEB_DOMAIN,
            "name": "north",
            "reservationBid": reserve and {"issuevalues": reserve},
        }
    }


NEGOLOG = {
    "reservationValue": 0.2,
    "issueWeights": {"a": 0.25, "b": 0.75},
    "issues": {"a": {"x": 1.0, "y": 0.5}, "b": {"x": 0.4}},
}


def written(folder: Path, files: dict[str, Any]) -> Path:
    """The folder, with text as it is and anything else as JSON."""
    for name, content in files.items():
        text = content if isinstance(content, str) else json.dumps(content)
        (folder / name).write_text(text, "utf-8")
    return folder


def test_negmas_files_are_read(tmp_path: Path) -> None:
    """Tables, affine and identity functions, lists and mappings, a wrapped discount."""
    domain = load_domain(written(tmp_path, NEGMAS))
    assert domain.issues == ("size", "years")
    assert domain.levels == (("small", "large"), ("2", "3", "4"))
    assert domain.parties == ("north", "south")
    assert domain.n_packages == 6
    utilities = domain.utilities_of(np.array([[1, 0], [0, 2]]))
    np.testing.assert_allclose(utilities, [[0.6 + 0.4, 3.0], [0.0, 5.5]])
    assert domain.reservation_values.tolist() == [0.25, -math.inf]
    assert domain.disagreement_point.tolist() == [0.25, 3.0]
    assert domain.notes == ("south: the discount is passed over",)


def test_an_affine_utility_of_numbers_is_read(tmp_path: Path) -> None:
    """Weights apply to the numbers themselves, and the constant counts once."""
    files = {
        "d.yml": "issues:\n- {name: a, type: IntegerIssue, values: [1, 3]}\n"
        "- {name: b, type: IntegerIssue, values: [0, 1]}\n",
        "p.yml": "type: AffineUtilityFunction\nweights: [2.0, -1.0]\nbias: 10.0\n",
    }
    domain = load_domain(written(tmp_path, files))
    assert domain.utilities_of(np.array([[2, 1]])).tolist() == [[15.0]]


def test_genius_files_are_read(tmp_path: Path) -> None:
    """Evaluations over the largest, times weights; other items are not levels."""
    domain = load_domain(written(tmp_path, GENIUS))
    assert domain.levels == (("small", "large"),)
    assert domain.parties == ("north", "south")
    np.testing.assert_allclose(domain.utilities[0], [[0.2, 0.8], [1.0, 0.0]])
    assert domain.reservation_values.tolist() == [0.1, -math.inf]
    assert domain.notes == ("north: the discount is passed over",)


def test_geniusweb_files_are_read(tmp_path: Path) -> None:
    """Value sets, a range that its step does not fill, a package in reserve."""
    files = {
        "domain.json": WEB_DOMAIN,
        "north.json": web_profile(reserve={"size": "large", "rate": "1.4"}),
        "south.json": web_profile(reserve=None),
    }
    domain = load_domain(written(tmp_path, files))
    assert domain.levels == (("small", "large"), ("1.0", "1.4", "1.8"))
    np.testing.assert_allclose(domain.utilities[1][0], [0.0, 0.2, 0.4])
    np.testing.assert_allclose(domain.reservation_values, [0.7, -math.inf])
    (tmp_path / "domain.json").unlink()
    assert load_domain(tmp_path).digest == domain.digest


def test_negolog_files_are_read(tmp_path: Path) -> None:
    files = {"profileA.json": NEGOLOG, "profileB.json": NEGOLOG, "specs.json": {}}
    domain = load_domain(written(tmp_path, files))
    assert domain.parties == ("profileA", "profileB")
    np.testing.assert_allclose(domain.utilities[0][0], [0.25, 0.125])
    assert domain.reservation_values.tolist() == [0.2, 0.2]


def altered(files: dict[str, str], name: str, old: str, new: str) -> dict[str, str]:
    """The same files with one piece of text replaced."""
    assert old in files[name]
    return {**files, name: files[name].replace(old, new)}


@pytest.mark.parametrize(
    ("files", "message"),
    [
        ({}, "has no YAML, XML or JSON files"),
        ({"a.yml": "issues: []", "b.xml": "<a/>"}, "yaml and xml files"),
        (
            altered(NEGMAS, "north.yml", "small: 0.0, ", ""),
            "no value for level 'small'",
        ),
        (altered(NEGMAS, "north.yml", "AffineFun", "SplineFun"), "is 'SplineFun'"),
        (altered(NEGMAS, "north.yml", "LinearAdditive", "Hyper"), "is not additive"),
        (altered(NEGMAS, "north.yml", "[0.6, 0.4]", "[0.6]"), "has 1 entries; give 2"),
        (altered(NEGMAS, "north.yml", "[0.6, 0.4]", "[0.6, much]"), "is 'much'; write"),
        (altered(NEGMAS, "north.yml", "0.25", ".nan"), "reserved_value: is nan"),
        (altered(NEGMAS, "south.yml", "years: 1.0, ", ""), "no entry for 'years'"),
        (altered(NEGMAS, "domain.yml", "Contiguous", "Continuous"), "ContinuousIssue"),
        (altered(NEGMAS, "domain.yml", "[2, 4]", "[2, 4.5]"), "two whole numbers"),
        (altered(NEGMAS, "domain.yml", "[small, large]", "[]"), "a list with an entry"),
        (altered(NEGMAS, "domain.yml", "years", "size"), "'size' is given twice"),
        (altered(NEGMAS, "north.yml", "weights: [", "weights: {["), "north.yml:"),
        ({"n.yml": NEGMAS["north.yml"]}, "has 0 YAML files with `issues`"),
        (altered(GENIUS, "south.xml", 'evaluation="3"', ""), "small: is None"),
        (altered(GENIUS, "south.xml", 'evaluation="3"', 'evaluation="-3"'), None),
        (altered(GENIUS, "south.xml", 'type="discrete"', 'type="real"'), "'real'"),
        (
            altered(GENIUS, "south.xml", "<utility_space>", '<utility_space type="x">'),
            "is of type 'x', which is not additive",
        ),
        (
            altered(GENIUS, "south.xml", '<weight index="2"', '<weight index="3"'),
            "index 2",
        ),
        (altered(GENIUS, "south.xml", "</objective>", ""), "south.xml:"),
        (
            altered(GENIUS, "south.xml", '"small"', '"tiny"'),
            "no value for level 'small'",
        ),
        ({"t.xml": GENIUS["template.xml"]}, "no utility space"),
        ({"a.json": {"x": 1}}, "no profile"),
        ({"a.json": "{"}, "a.json:1"),
        ({"a.json": WEB_DOMAIN}, "no JSON file with LinearAdditiveUtilitySpace"),
        ({"a.json": web_profile(reserve={"size": "huge"})}, "is 'huge'; write one of"),
        (
            {"a.json": {"LinearAdditiveUtilitySpace": 3}},
            "is 3; write names with values",
        ),
        ({"a.json": {**NEGOLOG, "issueWeights": {"a": 1}}}, "b: has no weight"),
        ({"a.json": {**NEGOLOG, "reservationValue": True}}, "is True; write a number"),
    ],
)
def test_a_file_that_cannot_be_read_says_why(
    tmp_path: Path, files: dict[str, Any], message: str | None
) -> None:
    """Each error names the file, and the key or line in it; None: nothing is wrong."""
    folder = written(tmp_path, files)
    if message is None:
        assert load_domain(folder).n_packages == 2
        return
    with pytest.raises(CrisisFileError) as caught:
        load_domain(folder)
    assert message in str(caught.value)
    assert str(tmp_path) in str(caught.value)


def test_a_folder_that_is_none_is_refused(tmp_path: Path) -> None:
    with pytest.raises(CrisisFileError, match="is no folder"):
        load_domain(tmp_path / "nowhere")


def test_a_domain_that_cannot_stand_is_refused() -> None:
    """Empty issues, wrong shapes, numbers that are none, names given twice."""
    table = np.zeros((2, 3))

    def build(**changes: Any) -> Domain:
        parts: dict[str, Any] = {
            "title": "t",
            "issues": ("i",),
            "levels": (("a", "b", "c"),),
            "parties": ("x", "y"),
            "utilities": (table,),
            "reservation_values": np.zeros(2),
        }
        return Domain(**{**parts, **changes})

    assert build().n_packages == 3
    for changes, message in (
        ({"issues": (), "levels": (), "utilities": ()}, "has no issue"),
        ({"parties": ()}, "has no party"),
        ({"levels": ((),), "utilities": (np.zeros((2, 0)),)}, "has no level"),
        ({"utilities": (np.zeros((3, 2)),)}, "must have shape"),
        ({"utilities": (table + np.nan,)}, "not a finite number"),
        ({"parties": ("x", "x")}, "twice"),
        ({"levels": ()}, "one of each per issue"),
        ({"reservation_values": np.zeros(3)}, "reservation_values must have shape"),
        ({"reservation_values": np.array([0.0, np.inf])}, "NaN or \\+inf"),
    ):
        with pytest.raises(ModelError, match=message):
            build(**changes)
    with pytest.raises(BackchannelError, match="no party 'z'"):
        build().between(["z"])
