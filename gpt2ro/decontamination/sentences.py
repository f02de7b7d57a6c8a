"""Sentences that a train document shares with held-out text."""

from gpt2ro.decontamination.held_out import index_of
from gpt2ro.decontamination.ngrams import Ngrams


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

    def filtered(self, text: str) -> tuple[str, int]:
        """Return the text without these sentences, and how many they were."""
        return self.index.without_shared(text) or (text, 0)
