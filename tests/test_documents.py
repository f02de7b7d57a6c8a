from pathlib import Path

import orjson
import pytest
import zstandard

from gpt2ro.documents import (
    Document,
    ShardWriter,
    document_id,
    part_name,
    read_documents,
    write_documents,
)
from gpt2ro.errors import UserError


def some_documents(count: int = 50) -> list[Document]:
    return [
        Document(
            document_id("tales", "a.txt", n), f"Povestea {n}.\nȘi țărâna.", "tales", {"title": "ț"}
        )
        for n in range(count)
    ]


def test_reads_back_what_was_written(tmp_path: Path) -> None:
    path = tmp_path / "part.jsonl.zst"
    assert write_documents(path, some_documents()) == 50
    assert list(read_documents(path)) == some_documents()


def test_a_shard_is_json_lines_to_other_tools(tmp_path: Path) -> None:
    path = tmp_path / "part.jsonl.zst"
    write_documents(path, some_documents(2))
    with zstandard.open(path, "rt", encoding="utf-8") as lines:
        first = orjson.loads(next(lines))
    assert list(first) == ["id", "text", "source", "meta"]
    assert first["id"] == "tales/a.txt/0"


def test_equal_documents_give_equal_bytes_whatever_the_order_of_meta(tmp_path: Path) -> None:
    one, two = tmp_path / "1.zst", tmp_path / "2.zst"
    write_documents(one, [Document("a/b/0", "x", "a", {"url": "u", "title": "t"})])
    write_documents(two, [Document("a/b/0", "x", "a", {"title": "t", "url": "u"})])
    assert one.read_bytes() == two.read_bytes()


def test_a_dropped_document_keeps_its_reason(tmp_path: Path) -> None:
    path = tmp_path / "dropped.jsonl.zst"
    write_documents(path, [Document("a/b/0", "x", "a", reason="too short")])
    assert next(read_documents(path)).reason == "too short"


def test_a_shard_is_named_by_its_source_and_part() -> None:
    path = Path("results/cleaned/demo-opus/ro.txt.gz.jsonl.zst")
    assert part_name(path) == "demo-opus/ro.txt.gz"


def test_an_empty_shard_has_no_documents(tmp_path: Path) -> None:
    path = tmp_path / "empty.jsonl.zst"
    write_documents(path, [])
    assert list(read_documents(path)) == []


def test_nothing_stands_under_the_name_when_writing_fails(tmp_path: Path) -> None:
    path = tmp_path / "part.jsonl.zst"
    with pytest.raises(RuntimeError), ShardWriter(path) as shard:
        shard.write(some_documents(1)[0])
        raise RuntimeError
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("kept", [0.05, 0.5, 0.99])
def test_a_truncated_shard_is_an_error_that_names_it(tmp_path: Path, kept: float) -> None:
    path = tmp_path / "part.jsonl.zst"
    write_documents(path, some_documents(2000))
    data = path.read_bytes()
    path.write_bytes(data[: int(len(data) * kept)])
    with pytest.raises(UserError, match=r"part\.jsonl\.zst: damaged after document \d+"):
        list(read_documents(path))


def test_two_shards_in_one_file_are_an_error(tmp_path: Path) -> None:
    path = tmp_path / "part.jsonl.zst"
    write_documents(path, some_documents(2))
    path.write_bytes(path.read_bytes() * 2)
    with pytest.raises(UserError, match=r"after document 2 \(the file goes on behind its"):
        list(read_documents(path))


def test_a_flipped_byte_is_an_error(tmp_path: Path) -> None:
    path = tmp_path / "part.jsonl.zst"
    write_documents(path, some_documents(2000))
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 0xFF
    path.write_bytes(data)
    with pytest.raises(UserError, match=r"part\.jsonl\.zst"):
        list(read_documents(path))


def test_a_line_that_is_no_document_is_an_error_with_its_number(tmp_path: Path) -> None:
    path = tmp_path / "part.jsonl.zst"
    path.write_bytes(
        zstandard.compress(b'{"id":"a","text":"b","source":"c","meta":{}}\n{"id":1}\n')
    )
    with pytest.raises(UserError, match=r"line 2 is not a document .*expected a JSON object"):
        list(read_documents(path))
