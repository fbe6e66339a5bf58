"""What somebody probably meant: the closest word that some product has."""

from collections.abc import Sequence

from rapidfuzz import fuzz, process
from rapidfuzz.distance import Hamming

from adapters.search.segmentation import CHINESE

SHORTEST = 4
LATIN_CUTOFF = 72.0
CHINESE_CUTOFF = 0.5


def corrected(words: Sequence[str], vocabulary: Sequence[str]) -> list[str]:
    """Each unknown word replaced by the nearest known one, and two words by their compound.

    A Chinese word may differ in half of its characters (茶胡 for 茶壶) but not in their number
    or place. Of two that are equally near, the first of the ``vocabulary`` wins: put words
    that more products have first.

    >>> corrected(["teapto", "茶胡"], ["tea", "teapot", "茶壶"])
    ['teapot', '茶壶']
    >>> corrected(["tea", "pot"], ["tea", "teapot"])
    ['teapot']
    """
    known = set(vocabulary)
    joined: list[str] = []
    for word in words:
        if joined and joined[-1] + word in known:
            joined[-1] += word
        else:
            joined.append(word)
    return [word if word in known else _nearest(word, vocabulary) for word in joined]


def _nearest(word: str, vocabulary: Sequence[str]) -> str:
    if CHINESE.fullmatch(word):
        same_length = [each for each in vocabulary if len(each) == len(word)]
        found = process.extractOne(
            word, same_length, scorer=Hamming.normalized_similarity, score_cutoff=CHINESE_CUTOFF
        )
        return word if found is None else found[0]
    if len(word) >= SHORTEST:
        choices = [each for each in vocabulary if each[0] == word[0] and each.isascii()]
        found = process.extractOne(word, choices, scorer=fuzz.ratio, score_cutoff=LATIN_CUTOFF)
        return word if found is None else found[0]
    return word
