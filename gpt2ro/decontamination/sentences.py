"""Sentences that a train document shares with held-out text."""

import re
from itertools import accumulate

from gpt2ro.decontamination.held_out import index_of
from gpt2ro.decontamination.ngrams import Ngrams, folded_words

# A sentence ends with its line, or at one of these before a space. What is no sentence (a row of a
# table, a heading) is cut the same way: it only has to be a small piece of text.
SENTENCE_ENDS = re.compile(r"(?<=[.!?;…]) ")
# Halving a longer run costs more than looking up several of this length, where some are shared.
RUN_SENTENCES = 16
BLANK_LINES = re.compile(r"\n{3,}")


class SentenceFilter:
    """Takes out of a text every sentence in which a held-out n-gram begins.

    The rest of such a passage, less than an n-gram in the sentences after it, may stay. Whole
    documents would be too much for a shared phrase, as laws quote each other's titles: of 72 MB of
    law, prose and dictionaries, documents that share 13 words with the 2 % held out were a fifth;
    such sentences are 0.6 %. Lines are too much where a text has one of 400,000 characters.

    Attributes:
        index: finds the texts that have one.
    """

    def __init__(self, ngrams: Ngrams, words: int) -> None:
        """Take the held-out n-grams, ascending, (n-grams,) uint64, of so many words."""
        self.index = index_of(ngrams, words)
        self._words = words

    def filtered(self, text: str) -> tuple[str, int]:
        """Return the text without these sentences, and how many they were."""
        if not self.index.has_any(text):
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
        words = [folded_words(sentence) for sentence in sentences]
        starts = [0, *accumulate(map(len, words))]
        text = [word for sentence in words for word in sentence]
        shared = [False] * len(sentences)
        # Few are shared, so runs of sentences are looked up first, and halved where one is.
        count = len(sentences)
        pending = [(n, min(n + RUN_SENTENCES, count)) for n in range(0, count, RUN_SENTENCES)]
        while pending:
            first, last = pending.pop()
            # With the first words after the run, one less than an n-gram has.
            window = text[starts[first] : starts[last] + self._words - 1]
            if not self.index.has_any(" ".join(window)):
                continue
            if last - first == 1:
                shared[first] = True
            else:
                middle = (first + last) // 2
                pending += [(first, middle), (middle, last)]
        return shared
