"""Sentences that a train document shares with held-out text."""

import re

from gpt2ro.decontamination.held_out import Index
from gpt2ro.decontamination.ngrams import NgramHasher, folded_words

# A sentence ends with its line, or at one of these before a space. What is no sentence (a row of a
# table, a heading) is cut the same way: it only has to be a small piece of text.
SENTENCE_ENDS = re.compile(r"(?<=[.!?;…]) ")
BLANK_LINES = re.compile(r"\n{3,}")


class SentenceFilter:
    """Takes out of a text every sentence in which a held-out n-gram begins.

    The rest of such a passage, less than an n-gram in the sentences after it, may stay. Whole
    documents would be too much for a shared phrase, as laws quote each other's titles: of 72 MB of
    law, prose and dictionaries, documents that share 13 words with the 2 % held out were a fifth;
    such sentences are 0.6 %. Lines are too much where a text has one of 400,000 characters.
    """

    def __init__(self, index: Index, words: int) -> None:
        self._index = index
        self._hasher = NgramHasher(words)

    def filtered(self, text: str) -> tuple[str, int]:
        """Return the text without these sentences, and how many they were."""
        if not self._index.contains(self._hasher.ngrams(text)).any():
            return text, 0
        lines = [SENTENCE_ENDS.split(line) for line in text.split("\n")]
        shared = iter(self._shared([sentence for line in lines for sentence in line]))
        kept_lines, removed = [], 0
        for line in lines:
            kept = [sentence for sentence in line if not next(shared)]
            removed += len(line) - len(kept)
            if kept:
                kept_lines.append(" ".join(kept))
        return BLANK_LINES.sub("\n\n", "\n".join(kept_lines)).strip("\n"), removed

    def _shared(self, sentences: list[str]) -> list[bool]:
        """Return for each sentence whether a held-out n-gram begins in it."""
        following: list[str] = []  # the first words after it, one less than an n-gram has
        shared = []
        for sentence in reversed(sentences):
            window = folded_words(sentence) + following
            ngrams = self._hasher.ngrams(" ".join(window))
            shared.append(bool(self._index.contains(ngrams).any()))
            following = window[: self._hasher.words - 1]
        return shared[::-1]
