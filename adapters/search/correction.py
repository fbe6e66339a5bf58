"""What somebody probably meant, in words that some product has."""

from collections.abc import Iterator, Sequence
from itertools import groupby

from rapidfuzz import fuzz, process
from rapidfuzz.distance import Hamming

from adapters.search.segmentation import CHINESE

SHORTEST = 4
LATIN_CUTOFF = 72.0
CHINESE_CUTOFF = 0.5
LONGEST_TYPO = 4
COVERED = 0.5
COLOUR = "色"


def guesses(words: Sequence[str], vocabulary: Sequence[str]) -> Iterator[list[str]]:
    """Other words to search for, the best guess first.

    First the words as `corrected`; then fewer of them, the first going first, since what is
    wanted stands behind what it should be like: 红色T恤, red mug.

    >>> list(guesses(["red", "mug"], ["red", "mug"]))
    [['mug']]
    """
    meant = corrected(words, vocabulary)
    if meant != list(words):
        yield meant
    for start in range(1, len(meant)):
        yield meant[start:]


def corrected(words: Sequence[str], vocabulary: Sequence[str]) -> list[str]:
    """Each unknown word replaced by the nearest known one, and two words by their compound.

    Of two that are equally near, the first of the ``vocabulary`` wins: put words that more
    products have first.

    >>> corrected(["teapto", "茶胡"], ["tea", "teapot", "茶壶"])
    ['teapot', '茶壶']
    >>> corrected(["tea", "pot"], ["tea", "teapot"])
    ['teapot']
    >>> corrected(["马克", "杯子", "红色"], ["马克", "马克杯", "红"])
    ['马克杯', '红']
    """
    known = set(vocabulary)
    joined: list[str] = []
    for word in words:
        if joined and joined[-1] + word in known:
            joined[-1] += word
        else:
            joined.append(word)
    meant: list[str] = []
    for chinese, group in groupby(joined, lambda word: bool(CHINESE.fullmatch(word))):
        own = list(group)
        if all(word in known for word in own):
            meant += own
        elif chinese:
            meant += _nearest_chinese(own, vocabulary, known)
        else:
            meant += [word if word in known else _nearest_latin(word, vocabulary) for word in own]
    return list(dict.fromkeys(meant))


def _nearest_chinese(words: list[str], vocabulary: Sequence[str], known: set[str]) -> list[str]:
    """Cut again into what products have, else the word that differs in half its characters."""
    run = "".join(words)
    cut = _cut(run, known)
    if sum(map(len, cut)) >= len(run) * COVERED:
        return cut
    if len(run) <= LONGEST_TYPO and (whole := _same_length(run, vocabulary)):
        return [whole]
    return [word if word in known else _same_length(word, vocabulary) or word for word in words]


def _cut(run: str, known: set[str]) -> list[str]:
    """The longest known words from the left; what is between them is left out."""
    found: list[str] = []
    start = 0
    while start < len(run):
        for end in range(len(run), start + 1, -1):
            word = run[start:end]
            if word in known:
                found.append(word)
                start = end
                break
            if word.endswith(COLOUR) and word[:-1] in known:
                found.append(word[:-1])
                start = end
                break
        else:
            start += 1
    return found


def _same_length(word: str, vocabulary: Sequence[str]) -> str:
    candidates = [each for each in vocabulary if len(each) == len(word) and CHINESE.match(each)]
    found = process.extractOne(
        word, candidates, scorer=Hamming.normalized_similarity, score_cutoff=CHINESE_CUTOFF
    )
    return "" if found is None else found[0]


def _nearest_latin(word: str, vocabulary: Sequence[str]) -> str:
    if len(word) < SHORTEST:
        return word
    candidates = [each for each in vocabulary if each[0] == word[0] and each.isascii()]
    found = process.extractOne(word, candidates, scorer=fuzz.ratio, score_cutoff=LATIN_CUTOFF)
    return word if found is None else found[0]
