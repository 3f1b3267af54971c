"""One word for one idea: the glossary lists the words in use, and no banned one is."""

from __future__ import annotations

import re
from collections.abc import Iterable

from tests.architecture.source_tree import (
    ROOT,
    Module,
    modules,
    names_defined,
    words_of,
)

GLOSSARY = ROOT / "docs" / "glossary.md"
# Another field's word, or one that says nothing; the page names the right one.
BANNED_WORDS = {"ufun", "agent", "dm", "bid", "payload", "info"}
BANNED_NAMES = {"reserved_value", "data"}
# The one module that has to speak another library's language, and its words.
IMPOSED = {
    "backchannel.exercise.players.pettingzoo_env": {
        *("agent", "agents", "possible_agents", "agent_selection", "infos"),
    }
}


def listed_names(page: str) -> list[str]:
    """Names in the first column of the glossary's tables, the last one aside."""
    in_use = page.split("## Not used", 1)[0]
    return re.findall(r"^\| `(\w+)` \|", in_use, flags=re.MULTILINE)


def unused(names: Iterable[str], all_modules: Iterable[Module]) -> list[str]:
    """Listed names that no name in the code contains, singular or plural."""
    in_code = set()
    for module in all_modules:
        for name, _ in names_defined(module.tree):
            in_code.add("_" + "_".join(words_of(name)) + "_")
    return [
        name
        for name in names
        if not any(
            f"_{name}_" in known
            or f"_{name}s_" in known
            or f"_{_plural(name)}_" in known
            for known in in_code
        )
    ]


def _plural(name: str) -> str:
    return name[:-1] + "ies" if name.endswith("y") else name + "es"


def banned(all_modules: Iterable[Module]) -> list[str]:
    """Names in the code that are, or contain, a word that is not used here."""
    return [
        f"{module.name}:{line} {name}"
        for module in all_modules
        for name, line in names_defined(module.tree)
        if name not in IMPOSED.get(module.name, ())
        if name in BANNED_NAMES
        or BANNED_WORDS & set(words_of(name))
        or words_of(name)[:1] == ["process"]
    ]


def test_every_listed_name_is_in_the_code() -> None:
    """The glossary has rows, each once, and the code uses the name of each."""
    names = listed_names(GLOSSARY.read_text("utf-8"))
    assert len(names) >= 20
    assert len(set(names)) == len(names)
    assert unused(names, modules()) == []


def test_a_name_that_nothing_uses_is_found() -> None:
    """Part of a word is not a use; the plural and a longer name are."""
    module = Module(
        "m", "def find_packages(rung_now, policy): ...\nclass StandingOrder: ..."
    )
    names = ["package", "rung", "standing_order", "policy", "pack", "zopa"]
    assert unused(names, [module]) == ["pack", "zopa"]


def test_no_banned_word_is_in_the_code() -> None:
    """No name of ours contains a word of the list under 'Not used'."""
    assert banned(modules()) == []


def test_a_banned_word_is_found() -> None:
    """A banned word is noticed as argument, variable, class and part of a name."""
    bad = "def f(data): ...\nagent_count = 1\nclass BidList: ...\nprocess_all = 2\n"
    good = "database = 1\nforbidden = 2\n"
    assert len(banned([Module("m", bad)])) == 4
    assert banned([Module("m", good)]) == []


def test_the_page_lists_the_words_that_are_not_used() -> None:
    """The banned words that this test knows are those that the page shows."""
    page = GLOSSARY.read_text("utf-8")
    after = page.split("## Not used", 1)[1]
    shown = set(re.findall(r"`(\w+)`", after))
    assert not (BANNED_WORDS | BANNED_NAMES) - shown
