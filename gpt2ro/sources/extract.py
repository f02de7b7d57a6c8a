"""The step extract: the file of a part, or its files, become a shard of documents."""

import re
import sys
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from gpt2ro.documents import Document, ShardWriter, document_id
from gpt2ro.errors import UserError
from gpt2ro.files import sha256, write_json
from gpt2ro.progress import Progress
from gpt2ro.sources.articles import article_fault
from gpt2ro.sources.formats import AUTO, OF_LINES, format_of
from gpt2ro.sources.input_file import Position, unchanged
from gpt2ro.sources.left_out import NO_TEXT, first_names, tell
from gpt2ro.sources.readers import Reader
from gpt2ro.sources.settings import ExtractionSettings

# So many files of a part that cannot be read are told, a line for each.
FAULTS_TOLD = 30


def reader(format_name: str) -> Reader:
    """Return the reader of a format whose documents come one by one.

    Libraries are loaded for the one that is used.
    """
    match format_name:
        case "mediawiki":
            from gpt2ro.sources.readers.mediawiki import read_mediawiki

            return read_mediawiki
        case "opus-text":
            from gpt2ro.sources.readers.plain_text import read_sentences

            return read_sentences
        case "jsonl":
            from gpt2ro.sources.readers.json_lines import read_json_lines

            return read_json_lines
        case "oscar-jsonl":
            from gpt2ro.sources.readers.json_lines import read_oscar

            return read_oscar
        case "csv":
            from gpt2ro.sources.readers.csv_rows import read_csv

            return read_csv
        case "opus-xml":
            from gpt2ro.sources.readers.opus import read_opus_xml

            return read_opus_xml
        case "opus-moses":
            from gpt2ro.sources.readers.opus import read_opus_moses

            return read_opus_moses
        case "parquet":
            from gpt2ro.sources.readers.parquet import read_parquet

            return read_parquet
    raise AssertionError(f"the catalogue let the format {format_name} through")


def extract_part(
    paths: Sequence[Path],
    source: str,
    part: str,
    format_name: str,
    settings: ExtractionSettings,
    output: Path,
    stats: Path,
    wikipedia: bool = False,
) -> None:
    """Read a part's files in its format and write their documents, then the counts.

    The documents of a bundle have the name of their file in `meta.file`. With `wikipedia` they are
    articles as plain text, of which lists, stubs and disambiguation pages are left out. After a
    file that cannot be read the others are read all the same, so that all of these are told.

    The stats hold documents and UTF-8 bytes out, what the reader left out, by reason, and in which
    files there was neither.

    Raises:
        UserError: files are missing, damaged, not in this format, or change meanwhile.
    """
    position = Position(paths)
    names = told_apart(paths)
    faults: list[UserError] = []
    without_text: list[int] = []
    with (
        ShardWriter(output) as shard,
        Progress(f"extract {source}/{part}") as progress,
    ):
        extraction = _Extraction(shard, source, part, settings, wikipedia, progress, position)
        for number, path in enumerate(paths):
            position.begin(number)
            file = {"file": names[number]} if len(paths) > 1 else {}
            try:
                its_format = known_format(path) if format_name == AUTO else format_name
                before = extraction.found
                with unchanged(path):
                    extraction.add(path, its_format, file)
                if extraction.found == before:
                    without_text.append(number)
            except UserError as fault:
                faults.append(fault)
        if faults:
            raise _one_of_all(faults, len(paths))
    lines = [f"{paths[number]}: {NO_TEXT}" for number in without_text]
    tell(lines, f"{source}/{part}", "without text")
    files = {"files_without_text": first_names([names[number] for number in without_text])}
    write_json(stats, counts(shard, extraction.left_out) | files)


def _one_of_all(faults: Sequence[UserError], files: int) -> UserError:
    """Return the fault of a part; if there are several, tell each."""
    if len(faults) == 1:
        return faults[0]
    told = faults[:FAULTS_TOLD]
    for fault in told:
        print(f"gpt2ro: {fault}", file=sys.stderr)
    which = "all" if told == faults else f"the first {len(told)}"
    return UserError(f"{faults[0]} {len(faults):,} of {files:,} files failed, {which} told above.")


@dataclass
class _Extraction:
    """Files on their way into the shard of their part.

    Attributes:
        left_out: documents that the reader left out, by reason.
    """

    shard: ShardWriter
    source: str
    part: str
    settings: ExtractionSettings
    wikipedia: bool
    progress: Progress
    position: Position
    left_out: Counter[str] = field(default_factory=Counter)

    @property
    def found(self) -> int:
        """Documents so far, with those left out."""
        return self.shard.documents + self.left_out.total()

    def add(self, path: Path, format_name: str, file: dict[str, str]) -> None:
        """Append the documents of a file, with `file` in their `meta`."""
        if format_name in OF_LINES:
            # It loads the extension, which most other formats do without.
            from gpt2ro.sources.text_files import write_lines

            write_lines(
                self.shard, path, self.source, self.part, format_name, file, self.settings,
                self.progress, self.position,
            )  # fmt: skip
            return
        for item in reader(format_name)(path, self.settings, self.left_out, self.position):
            if self.wikipedia and (reason := article_fault(item, self.settings)):
                self.left_out[reason] += 1
                continue
            name = document_id(self.source, self.part, self.shard.documents)
            text = without_surrogates(item.text)
            self.shard.write(Document(name, text, self.source, item.meta | file))
            self.progress.reach(self.shard.text_bytes, self.shard.documents, self.position.share)


def told_apart(paths: Sequence[Path]) -> list[str]:
    """Return the names of files, of one name with as many folders as tell them apart.

    What is not UTF-8 in them, as in old archives, is U+FFFD.
    """
    names = [path.name for path in paths]
    for length in range(2, max((len(path.parts) for path in paths), default=0) + 1):
        count = Counter(names)
        names = [
            "/".join(path.parts[-length:]) if count[name] > 1 else name
            for path, name in zip(paths, names, strict=True)
        ]
    return [without_surrogates(name) for name in names]


def known_format(path: Path) -> str:
    """Return the format that a file's name says.

    Raises:
        UserError: the name says none.
    """
    found = format_of(path)
    if found is None:
        raise UserError(
            f"{path}: not a known kind of text; expected .txt .md .jsonl .csv .tsv .parquet .xml "
            "or .zip, the text ones also compressed; rename it or name its format."
        )
    return found


def counts(shard: ShardWriter, left_out: Counter[str]) -> dict[str, object]:
    """Return the stats of an extraction; what is left out has no text, so no bytes."""
    return {
        "documents_in": shard.documents + left_out.total(),
        "bytes_in": shard.text_bytes,
        "documents_out": shard.documents,
        "bytes_out": shard.text_bytes,
        "dropped": {
            reason: {"documents": count, "bytes": 0} for reason, count in sorted(left_out.items())
        },
    }


SURROGATES = re.compile("[\ud800-\udfff]")


def without_surrogates(text: str) -> str:
    """Replace lone surrogates, which are no text and cannot be written as UTF-8, by U+FFFD."""
    try:
        text.encode()  # eight times faster than looking for them
    except UnicodeEncodeError:
        return SURROGATES.sub("\ufffd", text)
    return text


def verify(path: Path, expected: str | None) -> None:
    """Hold a local file against the SHA-256 of its catalogue entry, if it has one.

    Raises:
        UserError: they differ.
    """
    if expected and (found := sha256(path)) != expected:
        raise UserError(
            f"{path}: its SHA-256 is {found}, the catalogue says {expected}; restore the file or "
            "correct the catalogue."
        )
