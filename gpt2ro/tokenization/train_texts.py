"""The texts that a vocabulary is learned from: drawn documents of the train split."""

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Lock

from gpt2ro.documents import parse_document, read_blocks
from gpt2ro.native import TrainDocuments
from gpt2ro.progress import Progress
from gpt2ro.tokenization.measures import Sample
from gpt2ro.tokenization.sampling import SourceSample
from gpt2ro.tokenization.splits import read_split_documents, split_of
from gpt2ro.tokenization.trainers import SAMPLE_PIECES


class TrainTexts:
    """The texts of the train split, which are counted, and a sample of them.

    Attributes:
        documents: how many were read last.
        bytes: UTF-8 bytes of these.
        sample: texts from the start of every part.
    """

    def __init__(self, paths: Sequence[Path], drawn: SourceSample, size: int, threads: int) -> None:
        """Read nothing yet.

        Args:
            paths: deduplicated shards.
            drawn: the documents of them.
            size: bytes of their texts, about.
            threads: how many shards are read at once.
        """
        self._paths = paths
        self._drawn = drawn
        self._size = size
        self._threads = threads
        self._begin()

    def _begin(self) -> None:
        self.documents = 0
        self.bytes = 0
        self.sample = Sample(parts=len(self._paths))

    def __iter__(self) -> Iterator[str]:
        """Yield the texts."""
        self._begin()
        with Progress("tokenizer: reading", self._size) as progress:
            for part, path in enumerate(self._paths):
                for document, split in read_split_documents(path):
                    if split == "train" and self._drawn.has(path.parent.name, document.id):
                        size = len(document.text.encode())
                        self.documents += 1
                        self.bytes += size
                        self.sample.add(part, document.text)
                        progress.update(size, documents=1)
                        yield document.text

    def counted(self) -> tuple[TrainDocuments, list[str]]:
        """Return the texts with their pieces counted, and beginnings of texts from all over."""
        self._begin()
        every = self._size // SAMPLE_PIECES
        everywhere: list[str] = []
        total: TrainDocuments | None = None
        with (
            _SharedProgress("tokenizer: reading", self._size) as progress,
            ThreadPoolExecutor(self._threads) as executor,
        ):
            parts = executor.map(lambda path: self._read(path, every, progress), self._paths)
            for found in parts:
                self.documents += found.documents
                self.bytes += found.bytes
                self.sample.texts += found.beginning
                everywhere += found.everywhere
                if total is None:
                    total = found
                else:
                    total.take_counts(found)
        return total or TrainDocuments(0, None, 0, 0), everywhere

    def _read(self, path: Path, every: int, progress: Progress) -> TrainDocuments:
        """Return the texts of a part."""
        limit = self._drawn.limit(path.parent.name)
        found = TrainDocuments(self._drawn.seed, limit, self.sample.characters, every)
        lines = 0
        for block in read_blocks(path):
            before = found.bytes, found.documents
            rest = block
            while rest:
                rest = rest[found.add_block(rest) :]
                if rest:
                    # A line in another form; those behind it may be in the usual one.
                    line, _, rest = rest.partition(b"\n")
                    number = lines + block.count(b"\n", 0, len(block) - len(rest))
                    document = parse_document(line, path, number)
                    is_drawn = self._drawn.has(path.parent.name, document.id)
                    if split_of(document, path) == "train" and is_drawn:
                        found.add(document.text)
            lines += block.count(b"\n")
            progress.update(found.bytes - before[0], documents=found.documents - before[1])
        return found


class _SharedProgress(Progress):
    """Progress of several threads."""

    def __init__(self, what: str, total: int) -> None:
        super().__init__(what, total)
        self._lock = Lock()

    def update(self, done: int, documents: int = 0) -> None:
        with self._lock:
            super().update(done, documents)
