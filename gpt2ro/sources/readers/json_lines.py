"""JSON lines: plain ones, HPLT's, and OSCAR 22.01 and 23.01, also as the hub flattens them."""

import json
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import orjson

from gpt2ro.errors import UserError
from gpt2ro.sources.encoding import decoded
from gpt2ro.sources.input_file import Position
from gpt2ro.sources.readers import Extracted
from gpt2ro.sources.readers.columns import NAME_THE_COLUMN
from gpt2ro.sources.readers.facts import facts
from gpt2ro.sources.settings import ExtractionSettings
from gpt2ro.sources.text import file_lines

BROKEN = "broken line"
NOT_UTF_8 = "line not in UTF-8"

# Makes the document of the fields of a line.
Form = Callable[[dict[str, Any], ExtractionSettings], Extracted]


def read_json_lines(
    path: Path, settings: ExtractionSettings, left_out: Counter[str], position: Position
) -> Iterator[Extracted]:
    """Yield the document of each line; broken lines are left out and counted.

    Raises:
        UserError: more than `max_broken_lines` of the lines are broken, or none has the field.
    """
    return _documents(path, settings, left_out, position, document)


def read_oscar(
    path: Path, settings: ExtractionSettings, left_out: Counter[str], position: Position
) -> Iterator[Extracted]:
    """Yield the document of each line of a file that is OSCAR's, as `read_json_lines` does."""
    return _documents(path, settings, left_out, position, oscar_document)


def _documents(
    path: Path,
    settings: ExtractionSettings,
    left_out: Counter[str],
    position: Position,
    form: Form,
) -> Iterator[Extracted]:
    total = 0
    for number, line in file_lines(path, settings.max_expansion, position):
        if not line.strip():
            continue
        total += 1
        try:
            fields = parsed(line, settings.invalid_utf8)
            extracted = form(fields, settings)
        except UnicodeDecodeError:
            left_out[NOT_UTF_8] += 1
            continue
        except (ValueError, TypeError, RecursionError):
            left_out[BROKEN] += 1
            continue
        except KeyError:
            if total > 1:
                left_out[BROKEN] += 1
                continue
            raise UserError(
                f'{path}: line {number} has no field "{settings.text_column}", only '
                f"{', '.join(sorted(fields))}; {NAME_THE_COLUMN}"
            ) from None
        yield extracted
    broken = left_out[BROKEN] + left_out[NOT_UTF_8]
    if broken > settings.max_broken_lines * total:
        encoded = f", {left_out[NOT_UTF_8]:,} of them not in UTF-8" if left_out[NOT_UTF_8] else ""
        remedy = "extraction.invalid_utf8 to legacy" if encoded else "extraction.max_broken_lines"
        raise UserError(
            f"{path}: {broken:,} of {total:,} lines are not JSON documents{encoded}; allowed is a "
            f"share of {settings.max_broken_lines:g}; mend the file or set {remedy}."
        )


def parsed(line: bytes, invalid_utf8: str) -> dict[str, Any]:
    """Parse a JSON object; a lone surrogate in an escape becomes U+FFFD.

    Args:
        invalid_utf8: what becomes of a line that is not UTF-8, as for `decoded`.

    Raises:
        UnicodeDecodeError: it is not UTF-8 and must be.
        ValueError: it is not a JSON object.
    """
    try:
        fields = orjson.loads(line)
    except orjson.JSONDecodeError:
        # orjson refuses lone surrogates, which crawled text does contain; json lets them through.
        text = line.decode() if invalid_utf8 == "error" else decoded(line, "", invalid_utf8)
        fields = _without_surrogates(json.loads(text))
    if not isinstance(fields, dict):
        raise ValueError("not a JSON object")
    return fields


def _without_surrogates(value: Any) -> Any:
    if isinstance(value, str):
        return value.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    if isinstance(value, dict):
        return {key: _without_surrogates(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_without_surrogates(item) for item in value]
    return value


def document(fields: dict[str, Any], settings: ExtractionSettings) -> Extracted:
    """Return the document of a line, whichever form it has.

    The field that `text_column` names is the text, whatever a line has beside it: `content` is
    also what others call a summary.
    """
    column = settings.text_column
    meta = fields.get("meta")
    if isinstance(meta, dict) and "warc_headers" in meta:  # as the hub flattens OSCAR
        return oscar(fields[column if column in fields else "text"], meta, meta["warc_headers"])
    facts = fields.get("metadata"), fields.get("warc_headers")
    is_oscar = "content" in fields and any(isinstance(fact, dict) for fact in facts)
    if is_oscar and (column == "content" or column not in fields):
        return oscar_document(fields, settings)
    if "doc_scores" in fields and "u" in fields:
        return hplt(fields, settings)
    return plain(fields, settings)


def oscar_document(fields: dict[str, Any], settings: ExtractionSettings) -> Extracted:
    """Return the document of a line of OSCAR, in its own or its flattened form."""
    if "content" in fields:
        return oscar(fields["content"], fields.get("metadata"), fields.get("warc_headers"))
    return document(fields, settings)


def plain(fields: dict[str, Any], settings: ExtractionSettings) -> Extracted:
    """Return a document of plain JSON lines: the text field, and the title and url if there are."""
    meta = facts(title=fields.get("title"), url=fields.get("url"))
    return Extracted(_text(fields[settings.text_column]), meta)


def hplt(fields: dict[str, Any], settings: ExtractionSettings) -> Extracted:
    """Return a document of HPLT 2 or 3, whose address is the field `u`, with its language score."""
    probabilities = fields.get("prob")  # of the likeliest languages, the first one's first
    score = probabilities[0] if isinstance(probabilities, list) and probabilities else None
    meta = facts(url=fields["u"], language_score=score)
    return Extracted(_text(fields[settings.text_column]), meta)


def oscar(text: Any, metadata: Any, warc_headers: Any) -> Extracted:
    """Return a document of OSCAR 22.01 or 23.01 with its address, language score and warnings."""
    metadata = _object(metadata)
    url = _object(warc_headers).get("warc-target-uri")
    score = _object(metadata.get("identification")).get("prob")
    # 22.01 calls the warnings annotation, its flattened form annotations.
    warnings = (
        metadata.get("quality_warnings")
        or metadata.get("annotation")
        or metadata.get("annotations")
    )
    meta = facts(url=url, language_score=score)
    texts_only = isinstance(warnings, list) and all(isinstance(text, str) for text in warnings)
    if warnings and texts_only:
        meta["warnings"] = warnings
    return Extracted(_text(text), meta)


def _object(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise TypeError("the text is not a string")
    return value
