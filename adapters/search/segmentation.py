"""Cuts text into words: Chinese by dictionary, Latin by spaces and punctuation.

Documents are cut finely (a compound and its parts), queries coarsely, so that a query finds
parts of compounds.
"""

import re
import unicodedata
from collections.abc import Iterator
from functools import cache
from importlib import import_module
from types import ModuleType

CHINESE = re.compile(r"[\u3400-\u9fff]+")
WORD = re.compile(r"[\u3400-\u9fff]+|[^\W_\u3400-\u9fff]+")
MIN_PLURAL_CHARACTERS = 4


def document_words(text: str) -> list[str]:
    """Return all words of a document, in order.

    >>> document_words("龙泉青瓷茶壶 Tea-Pots")
    ['龙泉', '青瓷', '茶壶', 'tea', 'pot']
    """
    return list(_words(text, fine=True))


def query_words(text: str) -> list[str]:
    """Return the words of a query, without duplicates.

    >>> query_words("MUGS,mug"), query_words("T恤")
    (['mug'], ['t', '恤'])
    """
    return list(dict.fromkeys(_words(text, fine=False)))


def _words(text: str, *, fine: bool) -> Iterator[str]:
    folded = unicodedata.normalize("NFKC", text).lower()
    for match in WORD.finditer(folded):
        word = match.group()
        if CHINESE.fullmatch(word):
            cut = _dictionary().cut_for_search if fine else _dictionary().cut
            yield from cut(word)
        else:
            yield _singular(_without_accents(word))


@cache
def _dictionary() -> ModuleType:
    """Import rjieba at the first Chinese text: the import loads a dictionary of 50 MB."""
    return import_module("rjieba")


def _without_accents(word: str) -> str:
    decomposed = unicodedata.normalize("NFD", word)
    return "".join(each for each in decomposed if not unicodedata.combining(each))


def _singular(word: str) -> str:
    if (
        len(word) < MIN_PLURAL_CHARACTERS
        or not word.endswith("s")
        or word.endswith(("ss", "us", "is"))
    ):
        return word
    if word.endswith("ies"):
        return word[:-3] + "y"
    if word.endswith(("ches", "shes", "xes", "sses")):
        return word[:-2]
    return word[:-1]
