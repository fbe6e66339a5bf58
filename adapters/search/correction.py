"""Corrects misspelled query words with the words of the products."""

from collections.abc import Iterator, Sequence
from itertools import groupby

from rapidfuzz import fuzz, process
from rapidfuzz.distance import Hamming

from adapters.search.segmentation import CHINESE

MIN_LATIN_CHARACTERS = 4
LATIN_CUTOFF = 72.0
CHINESE_CUTOFF = 0.5
MAX_TYPO_CHARACTERS = 4
MIN_COVERAGE = 0.5
COLOUR_SUFFIX = "色"


def guesses(words: Sequence[str], vocabulary: Sequence[str]) -> Iterator[list[str]]:
    """Yield other words to search for, the best guess first.

    First the words as `corrected`; then without the first word, without the first two, and so
    on: the noun comes after its adjectives, as in 红色T恤 and red mug.

    >>> list(guesses(["red", "mug"], ["red", "mug"]))
    [['mug']]
    """
    better = corrected(words, vocabulary)
    if better != list(words):
        yield better
    for start in range(1, len(better)):
        yield better[start:]


def corrected(words: Sequence[str], vocabulary: Sequence[str]) -> list[str]:
    """Replace unknown words by the nearest known word, and two words by their compound.

    If two words are equally near, the first of the ``vocabulary`` wins: sort it by the number
    of products, descending.

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
    result: list[str] = []
    for is_chinese, group in groupby(joined, lambda word: bool(CHINESE.fullmatch(word))):
        run = list(group)
        if all(word in known for word in run):
            result += run
        elif is_chinese:
            result += _nearest_chinese(run, vocabulary, known)
        else:
            result += [word if word in known else _nearest_latin(word, vocabulary) for word in run]
    return list(dict.fromkeys(result))


def _nearest_chinese(words: list[str], vocabulary: Sequence[str], known: set[str]) -> list[str]:
    """Cut into known words; else take a word of the same length with half its characters."""
    run = "".join(words)
    cut = _cut(run, known)
    if sum(map(len, cut)) >= len(run) * MIN_COVERAGE:
        return cut
    if len(run) <= MAX_TYPO_CHARACTERS and (similar := _same_length(run, vocabulary)):
        return [similar]
    return [word if word in known else _same_length(word, vocabulary) or word for word in words]


def _cut(run: str, known: set[str]) -> list[str]:
    """Take the longest known words from the left; drop the characters between them."""
    words: list[str] = []
    start = 0
    while start < len(run):
        for end in range(len(run), start + 1, -1):
            word = run[start:end]
            if word in known:
                words.append(word)
                start = end
                break
            if word.endswith(COLOUR_SUFFIX) and word[:-1] in known:
                words.append(word[:-1])
                start = end
                break
        else:
            start += 1
    return words


def _same_length(word: str, vocabulary: Sequence[str]) -> str:
    candidates = [each for each in vocabulary if len(each) == len(word) and CHINESE.match(each)]
    match = process.extractOne(
        word, candidates, scorer=Hamming.normalized_similarity, score_cutoff=CHINESE_CUTOFF
    )
    return "" if match is None else match[0]


def _nearest_latin(word: str, vocabulary: Sequence[str]) -> str:
    if len(word) < MIN_LATIN_CHARACTERS:
        return word
    candidates = [each for each in vocabulary if each[0] == word[0] and each.isascii()]
    match = process.extractOne(word, candidates, scorer=fuzz.ratio, score_cutoff=LATIN_CUTOFF)
    return word if match is None else match[0]
