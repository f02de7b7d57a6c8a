"""What becomes of a train document that shares sentences with held-out text."""

from gpt2ro.decontamination.sentences import SentenceFilter
from gpt2ro.documents import Document
from gpt2ro.native import HeldOutIndex


class Decontaminator:
    """Takes held-out sentences out of train documents, and counts them.

    Attributes:
        documents: that lost sentences and stay.
        sentences: that these lost.
    """

    def __init__(self, sentences: SentenceFilter, max_removed: float, min_characters: int) -> None:
        """Prepare to remove.

        Args:
            max_removed: a document that would lose a larger share of its characters is dropped.
            min_characters: and one that would have fewer, or none.
        """
        self._filter = sentences
        self._max_removed = max_removed
        self._min_characters = max(1, min_characters)
        self.documents = 0
        self.sentences = 0

    @property
    def index(self) -> HeldOutIndex:
        """What finds the documents that have such sentences."""
        return self._filter.index

    def apply(self, document: Document) -> None:
        """Take the sentences out, or give a document of which too little would stay a reason."""
        rest, count = self._filter.filtered(document.text)
        if not count:
            return
        least = max(self._min_characters, (1 - self._max_removed) * len(document.text))
        if len(rest) < least:
            document.reason = "contaminated"
            return
        document.text = rest
        document.meta["held_out_sentences"] = count
        self.documents += 1
        self.sentences += count
