import json
import lzma
from pathlib import Path

import pytest
from passages import ENGLISH, ROMANIAN, ROMANIAN_WITH_CEDILLA

from gpt2ro.cleaning.clean import clean_part
from gpt2ro.cleaning.settings import CleaningSettings
from gpt2ro.documents import Document, document_id, read_documents, write_documents

TEXTS = [ROMANIAN_WITH_CEDILLA, ENGLISH, "Scurt.", f"{ROMANIAN}  \r\n{ENGLISH[:60]}", "\ufeff \n"]


def cleaned(folder: Path, texts: list[str]) -> tuple[list[Document], list[Document], dict]:
    documents = [Document(document_id("s", "p", n), text, "s") for n, text in enumerate(texts)]
    folder.mkdir(exist_ok=True)
    write_documents(folder / "in.zst", documents)
    paths = folder / "out.zst", folder / "dropped.zst", folder / "stats.json"
    clean_part(folder / "in.zst", *paths, CleaningSettings())
    kept, dropped = (list(read_documents(path)) for path in paths[:2])
    return kept, dropped, json.loads(paths[2].read_text())


def test_keeps_repaired_documents_and_drops_the_others_with_a_reason(tmp_path: Path) -> None:
    kept, dropped, _ = cleaned(tmp_path, TEXTS)
    assert [(document.id, document.reason) for document in kept] == [
        ("s/p/0", None),
        ("s/p/3", None),
    ]
    assert kept[0].text == ROMANIAN
    assert [(document.id, document.reason) for document in dropped] == [
        ("s/p/1", "not Romanian"),
        ("s/p/2", "too short"),
        ("s/p/4", "empty"),
    ]


def test_the_books_add_up(tmp_path: Path) -> None:
    kept, _, stats = cleaned(tmp_path, TEXTS)
    assert stats["documents_in"] == 5
    assert stats["documents_out"] == 2
    assert stats["dropped"]["too short"] == {"documents": 1, "bytes": 6}
    assert stats["bytes_in"] == sum(len(text.encode()) for text in TEXTS)
    assert stats["bytes_out"] == sum(len(document.text.encode()) for document in kept)
    lost = sum(reason["bytes"] for reason in stats["dropped"].values())
    assert stats["bytes_in"] + stats["bytes_changed"] == stats["bytes_out"] + lost


def test_counts_repairs_by_document_and_lengths_by_power_of_two(tmp_path: Path) -> None:
    _, _, stats = cleaned(tmp_path, TEXTS)
    assert stats["repairs"]["cedilla letters"] == 1
    assert stats["repairs"]["line ends"] == 1
    assert stats["repairs"]["mojibake"] == 0
    assert stats["lengths"] == {"256": 2}


def test_crawled_text_is_held_to_the_bounds_of_its_own(tmp_path: Path) -> None:
    lines = (" ".join(ROMANIAN.split()[n : n + 4]) + "." for n in range(20))
    write_documents(tmp_path / "in.zst", [Document("s/p/0", "\n".join(lines), "s")])
    for web, count in ((False, 1), (True, 0)):
        paths = [tmp_path / name for name in ("out.zst", "dropped.zst", "stats.json")]
        clean_part(tmp_path / "in.zst", *paths, CleaningSettings(), web)
        assert len(list(read_documents(paths[0]))) == count
    assert [one.reason for one in read_documents(paths[1])] == ["too many line breaks"]


def test_equal_parts_give_equal_bytes(tmp_path: Path) -> None:
    cleaned(tmp_path / "a", TEXTS)
    cleaned(tmp_path / "b", TEXTS)
    for name in ("out.zst", "dropped.zst", "stats.json"):
        assert (tmp_path / "a" / name).read_bytes() == (tmp_path / "b" / name).read_bytes()


def test_an_empty_part_gives_empty_shards(tmp_path: Path) -> None:
    kept, dropped, stats = cleaned(tmp_path, [])
    assert (kept, dropped, stats["documents_in"], stats["lengths"]) == ([], [], 0, {})


def test_leaves_no_output_when_the_input_is_damaged(tmp_path: Path) -> None:
    cleaned(tmp_path, [ROMANIAN] * 50)
    whole = (tmp_path / "in.zst").read_bytes()
    (tmp_path / "in.zst").write_bytes(whole[: len(whole) // 2])
    outputs = [tmp_path / name for name in ("out2.zst", "dropped2.zst", "stats2.json")]
    with pytest.raises(Exception, match="damaged"):
        clean_part(tmp_path / "in.zst", *outputs, CleaningSettings())
    assert not any(path.exists() for path in outputs)


def test_keeps_nearly_all_of_real_romanian_prose(tmp_path: Path, shared_corpora: Path) -> None:
    with lzma.open(shared_corpora / "text" / "prose_api_proza.txt.xz", "rt", encoding="utf-8") as f:
        texts = f.read().split("\n\n")
    kept, _, _ = cleaned(tmp_path, texts)
    assert len(kept) >= 0.99 * len(texts)
