"""Read YAML 1.2 into plain values that know their line, or say where it breaks.

The parser is ruamel.yaml's; values are built here from its nodes, so that every value
keeps its place and nothing is guessed: dates stay text, NaN is refused.
"""

from __future__ import annotations

import warnings
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, ReusedAnchorWarning, YAMLError
from ruamel.yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from backchannel.base.errors import CrisisFileError, Problem
from backchannel.base.located import LocatedDict, LocatedList, Place, locate

# A crisis file is written by hand: these only stop files made to break readers.
MAX_BYTES = 4_000_000
MAX_VALUES = 200_000
MAX_DEPTH = 60
_TAG = "tag:yaml.org,2002:"


def read_yaml(path: Path) -> LocatedDict:
    """Read one file into a tree of located values.

    Raises
    ------
    CrisisFileError : it cannot be read, is not YAML, or is not a mapping.
    """
    shown = str(path)
    try:
        raw = path.read_bytes()
    except OSError as error:
        reason = error.strerror or "cannot be read"
        raise _one(shown, 0, f"cannot be read ({reason.lower()})", "") from None
    if len(raw) > MAX_BYTES:
        raise _one(shown, 0, f"has {len(raw)} bytes", f"at most {MAX_BYTES}")
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError as error:
        line = raw[: error.start].count(b"\n") + 1
        raise _one(shown, line, "is not UTF-8 text", "save it as UTF-8") from None
    return parse_yaml(text, shown)


def parse_yaml(text: str, shown: str) -> LocatedDict:
    """Read YAML text; `shown` names it in errors. Raises as `read_yaml`."""
    try:
        with warnings.catch_warnings():
            # One name for two things: the reader would have to guess which is meant.
            warnings.simplefilter("error", ReusedAnchorWarning)
            node = YAML(typ="safe", pure=True).compose(text)
    except ReusedAnchorWarning as error:
        line = error.args[0].rpartition("line ")[2].partition(",")[0]
        wrong = "defines an anchor twice"
        number = int(line) if line.isdigit() else 1
        raise _one(shown, number, wrong, "give each its own name") from None
    except MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        said = " ".join(str(error.problem or error.context or "is not YAML").split())
        line = mark.line + 1 if mark else 1
        raise _one(shown, line, *_plainly(said)) from None
    except YAMLError as error:
        wrong = " ".join(str(error).split())[:200]
        raise _one(shown, 1, wrong, "write valid YAML 1.2") from None
    except RecursionError:
        raise _one(
            shown, 1, "is nested too deeply", f"at most {MAX_DEPTH} deep"
        ) from None
    except (ValueError, OverflowError) as error:
        raise _one(shown, 1, str(error), "write valid YAML 1.2") from None
    if not isinstance(node, MappingNode):
        raise _one(shown, 1, "is not a mapping", "begin with `backchannel: 1`")
    builder = _Builder(shown)
    tree = builder.build(node, "", 0)
    if builder.problems:
        raise CrisisFileError(builder.problems)
    assert isinstance(tree, LocatedDict)  # a MappingNode always builds one
    return tree


def _one(path: str, line: int, wrong: str, right: str) -> CrisisFileError:
    return CrisisFileError([Problem(path, line, "", wrong, right)])


def _plainly(said: str) -> tuple[str, str]:
    """Say what the parser found, and the remedy, in words that do not need YAML."""
    for part, wrong, right in _PLAIN_WORDS:
        if part in said:
            return wrong, right
    return said, "write valid YAML 1.2"


_PLAIN_WORDS = (
    ("character '\\t'", "is indented with a tab", "indent with spaces"),
    (
        "mapping values are not allowed",
        "has a second colon in one value",
        "put text that holds `: ` in quotes",
    ),
    ("undefined alias", "uses *name, which no &name defines", "write the value out"),
    (
        "could not find expected ':'",
        "has a line without `key: value`",
        "indent the text under its key, or add the colon",
    ),
)


class _Builder:
    """Turns nodes into located values, collecting every problem on the way."""

    def __init__(self, shown: str) -> None:
        self.shown = shown
        self.problems: list[Problem] = []
        self.n_values = 0

    def report(self, node: Node, key: str, wrong: str, right: str) -> None:
        line = node.start_mark.line + 1
        self.problems.append(Problem(self.shown, line, key, wrong, right))

    def build(self, node: Node, key: str, depth: int, line: int = 0) -> Any:
        self.n_values += 1
        if depth > MAX_DEPTH or self.n_values > MAX_VALUES:
            # Aliases can repeat a value without end; both limits stop them.
            wrong = "is nested too deeply or repeats itself without end"
            raise _one(self.shown, node.start_mark.line + 1, wrong, "write it out flat")
        # A block stands where its key does, not at its first line.
        place = Place(key, line or node.start_mark.line + 1)
        if isinstance(node, MappingNode):
            return locate(self.mapping(node, key, depth), place)
        if isinstance(node, SequenceNode):
            items = [
                self.build(item, f"{key}[{i}]", depth + 1)
                for i, item in enumerate(node.value)
            ]
            located = LocatedList(items)
            located.place = place
            return located
        assert isinstance(node, ScalarNode)  # the third and last kind of node
        return locate(self.scalar(node, key), place)

    def mapping(self, node: MappingNode, key: str, depth: int) -> dict[str, Any]:
        built: dict[str, Any] = {}
        for name_node, value_node in node.value:
            if not isinstance(name_node, ScalarNode):
                self.report(
                    name_node, key, "has a key that is not a name", "use a name"
                )
                continue
            name = self.text(name_node, key)
            here = f"{key}.{name}" if key else name
            if name in built:
                self.report(name_node, here, "is given twice", "keep one of the two")
            line = name_node.start_mark.line + 1
            built[name] = self.build(value_node, here, depth + 1, line)
        return built

    def scalar(self, node: ScalarNode, key: str) -> Any:
        text, tag = node.value, str(node.tag)
        if tag == _TAG + "null":
            right = "write one, `unknown` or `empty`, or drop it"
            if key.rpartition(".")[2].isdigit():
                right = "a number with a decimal comma? write 0.7"
            self.report(node, key, "has no value", right)
            return ""
        if tag == _TAG + "bool":
            return text.lower() == "true"
        if tag in (_TAG + "int", _TAG + "float"):
            return self.number(node, key)
        if tag in (_TAG + "str", _TAG + "timestamp"):
            return self.text(node, key)
        self.report(node, key, f"has the tag {tag}", "leave the tag out")
        return ""

    def text(self, node: ScalarNode, key: str) -> str:
        """Text that can be written out again: half a character cannot."""
        text = str(node.value)
        if text.isascii() or not any("\ud800" <= c <= "\udfff" for c in text):
            return text
        self.report(node, key, "holds half of a character", "write it whole")
        return ""

    def number(self, node: ScalarNode, key: str) -> int | float | str:
        text = node.value.replace("_", "")
        for read in (int, float):
            try:
                value = read(text)
            except ValueError:
                continue
            if abs(value) < 1e300:
                return value
        self.report(
            node,
            key,
            f"is {node.value[:40]}",
            "write a finite decimal number such as 1.5",
        )
        return 0
