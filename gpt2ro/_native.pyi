"""What the corpus needs of Rust (rust/python); the slow references are in the tests of its stages.

A shingle is a run of `shingle_words` consecutive words; a text of fewer words is one shingle. Every
function releases the interpreter lock while it works.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from typing import final

@final
class Cleaner:
    """Repairs and judges documents, a block of lines at a time."""

    BOILERPLATE: str
    """The name under which documents are counted that lost boilerplate."""

    def __new__(
        cls,
        *,
        repairer: Repairer,
        remover: LineRemover | None,
        masked: Callable[[str], str] | None,
        meter: TextMeter,
        min_characters: int,
        faults: Iterable[tuple[str, str, float, float]],
        by_hand: Callable[[bytes, int], tuple[bytes, str | None, int, int, int, list[str]]],
    ) -> Cleaner:
        """Make a cleaner.

        Args:
            repairer: makes all repairs but the removal of boilerplate.
            remover: removes boilerplate, if that is asked for.
            masked: masks personal data, if that is asked for; called with the lines of a text that
                personal_lines suspects, and returns as many.
            meter: measures texts.
            min_characters: texts of fewer are dropped as "too short", those of none as "empty".
            faults: reason, name of a property of TextStatistics, its least and greatest value; the
                first fault found is the reason.
            by_hand: cleans a line that is not in the form that Document.to_json gives; called with
                the line and its number in the block, from 0. It returns the line to write, with its
                line end; the reason, None for a kept document; the bytes of the text before and
                after; its characters; and the names of the repairs that changed it.

        Raises:
            ValueError: a measure is unknown.
        """

    def clean(self, block: bytes, /) -> CleanedBlock:
        """Clean the documents of a block, one JSON object a line.

        Raises:
            Exception: what by_hand, masked or the repairer's line_without_mojibake raised.
        """

@final
class CleanedBlock:
    """What became of the documents of a block, in order."""

    @property
    def kept(self) -> bytes:
        """Lines of the kept documents."""

    @property
    def dropped(self) -> bytes:
        """Lines of the dropped documents, each with its reason."""

    @property
    def documents(self) -> int:
        """Documents in."""

    @property
    def bytes(self) -> int:
        """UTF-8 bytes of their texts as they came."""

    @property
    def kept_documents(self) -> int:
        """Kept documents."""

    @property
    def kept_bytes(self) -> int:
        """UTF-8 bytes of their texts."""

    @property
    def reasons(self) -> dict[str, tuple[int, int]]:
        """For each reason, how many documents are dropped and the bytes of their texts."""

    @property
    def repairs(self) -> dict[str, int]:
        """For each kind of repair, the documents that it changed; without those of none."""

    @property
    def lengths(self) -> dict[int, int]:
        """Kept documents of 2^n characters or more and fewer than 2^(n+1), by n."""

@final
class HeldOutIndex:
    """Finds texts that share n-grams with held-out ones; a table turns nearly all others away."""

    def __new__(
        cls, words: int, count: int, ngrams: Iterable[bytes], are_known: Callable[[bytes], bytes], /
    ) -> HeldOutIndex:
        """Make an index.

        Args:
            words: of an n-gram, at least 1.
            count: n-grams.
            ngrams: their hashes, as Signer.shingles returns them, some at a time.
            are_known: tells of some hashes, in the same form, which are n-grams: a byte for each,
                not 0 if it is one. It is only called with those that the table lets pass.

        Raises:
            ValueError, OverflowError: a number is out of its range.
        """

    def has_any(self, text: str, /) -> bool:
        """Return whether a text has one of the n-grams; never one of fewer words.

        Raises:
            Exception: what are_known raised.
            ValueError: it returned another number of bytes.
        """

    def without_shared(self, text: str, /) -> tuple[str, int] | None:
        """Return a text without the sentences in which its n-grams begin, and how many these are.

        A sentence ends with its line, or with a space behind one of `.!?;…`. None if there is none.

        Raises:
            Exception: what are_known raised.
            ValueError: it returned another number of bytes.
        """

def document_lines(
    block: bytes,
    ids: Sequence[str],
    splits: Sequence[str | None],
    each_once: bool,
    /,
) -> tuple[bytes, list[tuple[int, int, str, str | None] | None]]:
    """Return the keys of the lines of a block's documents, and what is known of each document.

    Args:
        ids: expected of the documents, in order.
        splits: their splits; None for those that are dropped, which have no keys here.
        each_once: whether a document's keys are ascending, each once, without those of lines
            without words.

    Returns:
        The keys of all documents, one behind the other, 8 bytes each, little-endian, as `line_keys`
        gives them for the site 0; and of each document how many are its own, the bytes of its text,
        its source and its address (None: it has none). A document is None and has no keys if it is
        left to the caller: one with another id, in another form than Document.to_json gives, or
        whose source or address is no plain text.
    """

@final
class DecidedPiece:
    """Documents of a block in a row with which all is done, and the line behind them."""

    @property
    def lines(self) -> bytes:
        """Lines of the documents, with `meta.split`, without the lines that go."""

    @property
    def other(self) -> bytes | None:
        """The line behind them as it came, which is left to the caller; None at the block's end."""

    @property
    def documents(self) -> int:
        """How many they are."""

    @property
    def bytes(self) -> int:
        """UTF-8 bytes of their texts as they came."""

    @property
    def shortened(self) -> int:
        """How many of them lost lines."""

    @property
    def gone(self) -> int:
        """How many lines these lost."""

    @property
    def gone_bytes(self) -> int:
        """UTF-8 bytes that these lost, line ends and blank lines among them."""

def decided_pieces(
    block: bytes,
    ids: Sequence[str],
    splits: Sequence[str | None],
    /,
    *,
    index: HeldOutIndex | None,
    gone: bytes,
    min_characters: int,
) -> list[DecidedPiece]:
    """Give the documents of a block their splits, and take lines out, where that is all to be done.

    A document that loses lines gets their number as `meta.repeated_lines`, and keeps at most one
    blank line between two others. Left to the caller is a document that is dropped, has another id,
    has one of the two in `meta` before, or is in another form than Document.to_json gives.

    Args:
        ids: expected of the documents, in order.
        splits: their splits; None for those that are dropped.
        index: train documents that share n-grams with it, when the lines are gone, are left.
        gone: the lines, as rows of two numbers: the places of a document in the block and of a line
            in its text, both from 0, rows ascending, 8 bytes a number, little-endian.
        min_characters: a document that would have fewer without its lines is left.

    Raises:
        Exception: what the index raised.
        ValueError: `gone` has half a row.
    """

@final
class Repairer:
    """Repairs texts: encodings, letters, Unicode form, markup, lines, blanks."""

    KINDS: list[str]
    """The names of all kinds of repair, in the order in which they are made."""

    def __new__(
        cls,
        *,
        kinds: Iterable[str],
        entities: Mapping[str, str],
        romanian_words: AbstractSet[str],
        foreign_words: AbstractSet[str],
        line_without_mojibake: Callable[[str], str],
        mojibake_beside: str,
        mojibake_alone: str,
        mojibake_behind_quotes: str,
        mojibake_lines: str,
    ) -> Repairer:
        """Make a repairer.

        Args:
            kinds: the repairs to make, of KINDS.
            entities: named characters of HTML, "&amp;" to "&".
            romanian_words: frequent words of Romanian, in lower case.
            foreign_words: frequent words of languages that share some of those.
            line_without_mojibake: repairs a line that may hold mojibake.
            mojibake_beside: characters on which it acts beside one another.
            mojibake_alone: characters on which it acts wherever they stand.
            mojibake_behind_quotes: those on which it acts behind an opening quote or a dash.
            mojibake_lines: a regular expression, in Rust's form; it does not change other lines.

        Raises:
            ValueError: a kind is unknown, or the expression is not valid.
        """

    def repair(self, text: str, /) -> tuple[str, list[str]]:
        """Return the repaired text and the kinds of repair that changed it, in order.

        A text in order is returned as the same object. Repairing the result changes nothing.

        Raises:
            UnicodeEncodeError: the text holds a lone surrogate.
            Exception: what line_without_mojibake raised.
        """

@final
class Signer:
    """Computes what copies of a text are found by.

    Signatures of signers with equal arguments can be compared.
    """

    def __new__(cls, fold: bool, shingle_words: int, bands: int, rows: int) -> Signer:
        """Make a signer.

        Args:
            fold: words are those of the folded text; else what white space separates.
            shingle_words: words of a shingle, at least 1.
            bands: bands of a MinHash signature; 0 for none.
            rows: minima of a band, at least 1.

        Raises:
            ValueError, OverflowError: a number is out of its range.
        """

    def signature(self, text: str, /) -> tuple[bytes, bytes]:
        """Return the hash of the text, of the folded one if the signer folds, and its bands.

        Returns:
            hash: 128-bit XXH3, 16 bytes, big-endian, as xxhsum prints it. Among n texts two
                different ones share a hash with a probability of about n² / 2^129, 1e-21 for a
                billion.
            bands: 8 bytes a band, little-endian.
        """

    def signatures(self, block: bytes, /) -> tuple[list[str], bytes, bytes, bytes, int]:
        """Sign the documents of a block of lines, up to one in another form than they are written.

        Returns:
            ids: of the documents, in order.
            hashes: 16 bytes each, as of `signature`.
            characters: of the texts, 4 bytes each, little-endian, signed.
            bands: as of `signature`, document by document.
            done: bytes of their lines; less than the block's if a line is not in the form that
                Document.to_json gives.
        """

    def shingles(self, text: str, /) -> bytes:
        """Return the distinct hashes of the shingles, ascending, 8 bytes each, little-endian."""

def fold(text: str, /) -> str:
    """Return the text without case, diacritics and punctuation: its words, one space between two.

    Full case folding, NFKD, no marks U+0300 to U+036F, case folding again; words are of letters and
    digits (categories L and N).
    """

def similarity(left: bytes, right: bytes, /) -> float:
    """Return the Jaccard similarity of two sets of shingles, as `Signer.shingles` returns them.

    Raises:
        ValueError: one is no sequence of 8-byte hashes.
    """

def line_keys(text: str, site: int, /) -> bytes:
    """Return a key for every line, in order, 8 bytes each, little-endian; 0 for one without words.

    Args:
        text: its lines end with `\\n`.
        site: 64 bits that tell sites apart. The key is the XXH3 hash of the folded line, with 64
            bits, and `site`, combined by exclusive or.

    Raises:
        OverflowError: `site` is no number of 64 bits.
    """

def paragraphs(text: str, min_words: int, /) -> bytes:
    """Return the paragraphs of so many words or more, in order, three numbers of 8 bytes each.

    A line of so many words is a paragraph; shorter ones in a row are one together, ended by a line
    without a letter or a digit. The numbers, little-endian, are the XXH3 hash of the folded words,
    with 64 bits, the first line, and the line after the last.

    Raises:
        OverflowError: `min_words` is negative.
    """

@final
class LineRemover:
    """Removes the lines of a text that belong to its page."""

    def __new__(
        cls,
        phrases: str,
        max_characters: int,
        signed: list[tuple[str, str, list[str], int]] = ...,
        begins: tuple[str, list[str]] | None = None,
    ) -> LineRemover:
        """Make a remover.

        Args:
            phrases: a regular expression, in the syntax of Rust, that matches whole lines.
            max_characters: longer lines are never phrases of the first expression.
            signed: other such expressions, each with one that matches something in every line that
                they are tried on, with marks: all that it matches has the last two bytes of one of
                them, letters of ASCII small or capital; and with the most characters of its lines.
            begins: characters that may stand before a phrase of the first expression, and the
                first letters of all of its phrases, of which up to five count; lines that begin
                otherwise are not tried. Case and marks are not told apart, 0 is any number, and
                all signs outside of ASCII are the same.

        Raises:
            ValueError: one of the expressions is not valid.
        """

    def is_phrase(self, line: str, /) -> bool:
        """Return whether the phrases match a line as a whole."""

    def without_phrases(self, text: str, /) -> str | None:
        """Return the text without those lines, or None if it has none."""

@final
class TextMeter:
    """Measures texts for the filters."""

    def __new__(
        cls,
        native: list[str],
        foreign: list[str],
        damaged: list[str],
        stop: list[str],
        letters: str,
        native_letters: str,
    ) -> TextMeter:
        """Make a meter; words and letters are given in lower case.

        Args:
            native: frequent words of the language.
            foreign: frequent words of other languages.
            damaged: what is left of frequent words that lost letters.
            stop: words of which a text of the language has some.
            letters: letters of the language.
            native_letters: letters that it alone has.
        """

    def measure(self, text: str, /) -> TextStatistics:
        """Return what is to be known of a text."""

@final
class TextStatistics:
    """What the filters judge a text by: shares, 0 where there is nothing to have a share of.

    A word is a run of letters and digits (categories L and N). A line is one that is not blank.
    """

    @property
    def letters(self) -> float:
        """Letters among the characters that are not blank."""

    @property
    def alphabetic_words(self) -> float:
        """Words in which there is a letter."""

    @property
    def word_length(self) -> float:
        """Mean length of the words, characters."""

    @property
    def lines_per_word(self) -> float:
        """Line breaks between lines that are not blank, for each word; may be above 1."""

    @property
    def lines(self) -> int:
        """Lines, without blank ones."""

    @property
    def punctuated_lines(self) -> float:
        """Lines that end with punctuation, a closing quotation mark or a bracket."""

    @property
    def punctuated_list(self) -> float:
        """The same of a text of 13 lines and more; 1 for the others, which are no lists."""

    @property
    def duplicate_lines(self) -> float:
        """Lines that equal one before."""

    @property
    def duplicate_characters(self) -> float:
        """Characters of lines that equal one before, among those of all lines."""

    @property
    def native_words(self) -> float:
        """Frequent words of the language for each word with a letter."""

    @property
    def foreign_words(self) -> float:
        """Frequent words of other languages for each word with a letter."""

    @property
    def native_letters(self) -> float:
        """Letters of the language alone for each word with a letter; may be above 1."""

    @property
    def foreign_spellings(self) -> float:
        """Words with a letter that the language does not have, among words with a letter."""

    @property
    def damaged_words(self) -> float:
        """Words that lost letters, for each word with a letter; may be above 1.

        They are what is left of frequent words without their special letters, and signs that stand
        for lost ones: a question mark in or before a word, and U+FFFD, several in a row once.
        """

    @property
    def language_score(self) -> float:
        """How much a text looks like the language, from -1 to 1.

        It is native_words and half of native_letters less foreign_words and half of
        foreign_spellings.
        """

    @property
    def stop_words(self) -> int:
        """Different stop words that occur."""

    @property
    def top_2gram(self) -> float:
        """Characters of the text in its most frequent run of 2 words, blanks included.

        0 where no run occurs three times. Overlapping runs count each, so it may be above 1.
        """

    @property
    def top_3gram(self) -> float:
        """Characters of the text in its most frequent run of 3 words, blanks included."""

    @property
    def top_4gram(self) -> float:
        """Characters of the text in its most frequent run of 4 words, blanks included."""

    @property
    def repeated_5grams(self) -> float:
        """Characters of the text in words of runs of 5 words that occurred before."""

    @property
    def repeated_6grams(self) -> float:
        """Characters of the text in words of runs of 6 words that occurred before."""

    @property
    def repeated_7grams(self) -> float:
        """Characters of the text in words of runs of 7 words that occurred before."""

    @property
    def repeated_8grams(self) -> float:
        """Characters of the text in words of runs of 8 words that occurred before."""

    @property
    def repeated_9grams(self) -> float:
        """Characters of the text in words of runs of 9 words that occurred before."""

    @property
    def repeated_10grams(self) -> float:
        """Characters of the text in words of runs of 10 words that occurred before."""

def personal_lines(text: str, /) -> list[int]:
    """Return the numbers, from 0, of the lines that may hold personal data.

    They have an `@` between two characters of addresses; two colons, one of them between 2 or 3
    with three hexadecimal digits behind it and one more of these or a colon; six digits, and four
    numbers of up to three of them with stops between; or nine digits, and the form of a phone
    number, a personal number or the begin of an account.
    """

@final
class TextFile:
    """A text file whose lines become documents, and of each a line of JSON."""

    def __new__(
        cls,
        blank_line: bool,
        trims: bool,
        max_characters: int | None,
        head: bytes,
        number: int,
        tail: bytes,
        /,
    ) -> TextFile:
        """Begin a file.

        Args:
            blank_line: whether a blank line ends a document; otherwise the file is one.
            trims: whether the blanks around a text go, and a text of nothing else with them.
            max_characters: longer documents are cut at line ends; a longer line stays whole.
            head: what stands before the number of a document in its line: `{"id":"source/part/`.
            number: of the first document.
            tail: what stands behind the string of its text, the line end with it.

        Raises:
            OverflowError: a number is out of its range.
        """

    def add(self, lines: bytes, /) -> bytes | None:
        """Take the next lines, some in a row, the last one without its end.

        Returns:
            The documents that are known to end in them; None, and nothing is taken, if the lines
            are not UTF-8.
        """

    def end(self) -> bytes:
        """End the file, and return its last document."""

    @property
    def documents(self) -> int:
        """How many there were."""

    @property
    def bytes(self) -> int:
        """UTF-8 bytes of their texts."""

@final
class WikitextPreparer:
    """Prepares the pages of a wiki for wikiextractor."""

    def __new__(cls, namespaces: AbstractSet[str], /) -> WikitextPreparer:
        """Make one for a wiki with these names of namespaces."""

    def prepared(self, text: str, /) -> bytes:
        """Return wikitext on which wikiextractor loses no words of running text.

        It is UTF-8, with `&`, `<` and `>` escaped, as it goes into XML.

        Links to articles with a colon in their title are replaced by their label; the marks of
        italics and bold and words of behaviour go; a heading has six signs at most; headings,
        items of lists and terms are marked for `wiki_article`.

        Raises:
            UnicodeEncodeError: the text holds a lone surrogate.
        """

def wiki_article(text: str, keep_headings: bool, /) -> str:
    """Return the text of an article, from what wikiextractor makes of a prepared page.

    A heading stays only if something of its section does. An item of a list stays if it reads as a
    clause does: it has six words or more, and half of them or more begin with a small letter.

    Raises:
        UnicodeEncodeError: the text holds a lone surrogate.
    """

@final
class TrainDocuments:
    """The train documents of a part from which a vocabulary is learned."""

    def __new__(
        cls, seed: int, limit: int | None, characters: int, every: int, /
    ) -> TrainDocuments:
        """Make an empty set.

        Args:
            seed: of the hash by which documents are drawn.
            limit: those are drawn whose id has a smaller hash (XXH3, 64 bits); None for all.
            characters: how many `beginning` has together, at most.
            every: bytes of text from one of `everywhere` to the next, at least.

        Raises:
            OverflowError: a number is out of its range.
        """

    def add_block(self, block: bytes, /) -> int:
        """Add the drawn train documents of some lines, a document each; return the bytes read.

        They end before the first line in another form than the stages give it.
        """

    def add(self, text: str, /) -> None:
        """Add the text of a drawn train document."""

    def take_counts(self, others: TrainDocuments, /) -> None:
        """Take the pieces from others to those from which merges are learned, and nothing else."""

    def merges(self, tokens: int, min_frequency: int, /) -> list[tuple[str, str]]:
        """Return the merges that give so many tokens, the bytes counted, or as many as there are.

        They are those that the library tokenizers learns, written in the letters of GPT-2. Only
        pairs are merged that occur `min_frequency` times.
        """

    @property
    def documents(self) -> int:
        """How many they are."""

    @property
    def bytes(self) -> int:
        """UTF-8 bytes of their texts."""

    @property
    def beginning(self) -> list[str]:
        """The first texts, the last one cut."""

    @property
    def everywhere(self) -> list[str]:
        """Texts from all over, of each the first 2,000 bytes at most."""

def pieces(text: str, /) -> list[str]:
    """Return what GPT-2's pre-tokenizer cuts a text into; nothing is merged across them."""

def split_texts(block: bytes, /) -> tuple[list[bytes], bytes, list[int], int]:
    """Read the documents of some lines, a document each.

    Returns:
        texts: in UTF-8.
        splits: of each the number of its split, one of gpt2ro.dedupe.settings.SPLITS.
        words: of each, runs of bytes above the space.
        done: bytes read; they end before the first line in another form than the stages give it, or
            without a split.
    """
