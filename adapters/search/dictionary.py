"""Implements `ports.search.Segmentation` with a Chinese dictionary."""

from collections.abc import Iterator, Sequence

from adapters.search.correction import guesses
from adapters.search.segmentation import document_words, query_words


class DictionarySegmentation:
    def document_words(self, text: str) -> list[str]:
        return document_words(text)

    def query_words(self, text: str) -> list[str]:
        return query_words(text)

    def guesses(self, words: Sequence[str], vocabulary: Sequence[str]) -> Iterator[list[str]]:
        return guesses(words, vocabulary)
