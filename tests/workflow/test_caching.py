"""What runs again when something changes, and what does not."""

import bz2
import os
import re
from pathlib import Path
from typing import Any

from workspace import Workspace

CORPUS_STAGES = ("extract", "clean", "signatures", "lines", "dedupe", "encode")
PARTS = ("tales/animals.txt", "tales/family.txt", "letters/letters.txt")
AFTER_TRAIN = {"card", "convert", "parity", "samples", "report"}


def of_every_part(*stages: str) -> set[str]:
    return {f"{stage}({part})" for stage in stages for part in PARTS}


def test_a_run_from_nothing_runs_every_rule(built: Workspace) -> None:
    outputs = built.outputs()
    binaries = {"bin/gpt2ro", "bin/gpt2ro-rust-bert"}
    assert {"samples.txt", "samples.json", "report.html", "parity.json"} | binaries <= set(outputs)
    assert "Bunica a făcut" in outputs["samples.txt"].decode()


def test_nothing_runs_when_nothing_changed(built: Workspace) -> None:
    assert built.planned() == set()


def test_a_product_that_was_deleted_is_made_again(built: Workspace) -> None:
    path = built.folder / "results" / "deploy" / "model.gguf"
    content = path.read_bytes()
    path.unlink()
    try:
        assert "convert" in built.planned()
    finally:
        path.write_bytes(content)


def test_a_file_on_the_way_may_be_deleted(built: Workspace) -> None:
    path = built.folder / "results" / "extracted" / "tales" / "animals.txt.jsonl.zst"
    content = path.read_bytes()
    path.unlink()
    try:
        assert "Nothing to be done" in built.snakemake("-n").stdout
    finally:
        path.write_bytes(content)


def test_nothing_runs_after_touching_every_file(built: Workspace) -> None:
    for path in built.folder.rglob("*"):
        inside = path.relative_to(built.folder).parts[0]
        if path.is_file() and inside not in {"results", ".snakemake"}:
            os.utime(path)
    assert built.planned() == set()


def test_a_changed_part_runs_again_and_its_siblings_do_not(built: Workspace) -> None:
    with built.changed("miniature/text/animals.txt", ".", ". Și încă o propoziție."):
        planned = built.planned()
    per_part = {f"{stage}(tales/animals.txt)" for stage in CORPUS_STAGES}
    assert per_part | {"clusters", "tokenizer", "train"} | AFTER_TRAIN <= planned
    assert not planned & of_every_part("extract", "clean", "signatures", "download") - per_part


def test_a_cleaning_threshold_cleans_again_and_downloads_nothing(built: Workspace) -> None:
    with built.changed(
        "config/config.yaml", "extraction:", "cleaning:\n  min_characters: 90\nextraction:"
    ):
        planned = built.planned()
    assert of_every_part("clean") <= planned
    assert not planned & of_every_part("download", "extract")
    assert "rust" not in planned


def test_a_setting_of_other_formats_reads_no_text_again(built: Workspace) -> None:
    with built.changed("config/config.yaml", "extraction:", "extraction:\n  text_column: articol"):
        assert built.planned() == set()
    with built.changed("config/config.yaml", "extraction:", "extraction:\n  max_expansion: 150"):
        assert of_every_part("extract") <= built.planned()


def test_a_setting_of_crawled_text_cleans_no_other_again(built: Workspace) -> None:
    old, new = "extraction:", "cleaning:\n  mask_personal_data: {}\nextraction:"
    with built.changed("config/config.yaml", old, new.format("none")):
        assert built.planned() == set()
    with built.changed("config/config.yaml", old, new.format("all")):
        assert of_every_part("clean") <= built.planned()


def test_a_line_of_the_cleaning_code_cleans_again_and_all_that_follows(built: Workspace) -> None:
    with built.changed("gpt2ro/cleaning/clean.py", "\n", "\n# changed\n"):
        planned = built.planned()
    assert of_every_part("clean", "signatures", "dedupe", "encode") <= planned
    assert {"clusters", "tokenizer", "train"} | AFTER_TRAIN <= planned
    assert not planned & (of_every_part("download", "extract") | {"rust"})


def test_a_rust_source_builds_the_binary_again_and_what_it_says(built: Workspace) -> None:
    with built.changed("rust/app/src/main.rs", "\n", "\n// changed\n"):
        assert built.planned() == {"rust", "parity", "samples", "report"}


def test_a_rust_source_of_the_extension_reads_text_again_and_leaves_the_binary(
    built: Workspace,
) -> None:
    with built.changed("rust/corpus/src/minhash.rs", "\n", "\n// changed\n"):
        planned = built.planned()
    assert of_every_part("extract", "clean", "signatures", "dedupe", "encode") <= planned
    assert {"native", "clusters", "tokenizer", "train"} | AFTER_TRAIN <= planned
    assert not planned & (of_every_part("download") | {"rust"})


DUMP = """<mediawiki>
<siteinfo><base>https://ro.wikipedia.org/wiki/Pagina_principal%C4%83</base></siteinfo>
<page><title>Olt</title><ns>0</ns><id>7</id>
<revision><text>Oltul e un râu din România, care izvorăște din munți.</text></revision></page>
</mediawiki>
"""


def test_a_rust_source_of_the_extension_reads_dumps_again_and_no_json_lines(
    new_workspace: Any,
) -> None:
    workspace: Workspace = new_workspace("dump")
    parts = {
        "w.xml.bz2": bz2.compress(DUMP.encode()),
        "a.jsonl": b'{"text": "Oltul e un r\xc3\xa2u."}',
    }
    for name, content in parts.items():
        (workspace.folder / "miniature" / name).write_bytes(content)
    workspace.replace("config/config.yaml", "  - letters", "  - other")
    workspace.replace(
        "miniature/sources.yaml",
        "tales:",
        "other:\n  title: A dump and JSON lines\n  format: auto\n  licence: CC0-1.0\n"
        f"  local: [{', '.join(f'miniature/{name}' for name in parts)}]\ntales:",
    )
    outputs = [f"results/extracted/other/{name}.jsonl.zst" for name in parts]
    workspace.build(*outputs)
    with workspace.changed("rust/corpus/src/minhash.rs", "\n", "\n// changed\n"):
        assert [workspace.planned(output) for output in outputs] == [{"native", "extract"}, set()]


def test_how_text_is_cut_into_pieces_is_read_by_the_extension_and_the_binary(
    built: Workspace,
) -> None:
    with built.changed("rust/pretokenizer/src/pieces.rs", "\n", "\n// changed\n"):
        assert {"native", "rust", "train"} <= built.planned()


def test_how_a_tokenizer_is_read_is_nothing_to_the_extension(built: Workspace) -> None:
    with built.changed("rust/tokenizer/src/file.rs", "\n", "\n// changed\n"):
        assert built.planned() == {"rust", "parity", "samples", "report"}


def test_an_extension_that_setup_built_is_not_built_again_for_a_touch(
    new_workspace: Any,
) -> None:
    workspace: Workspace = new_workspace("setup")
    source = workspace.folder / "rust" / "corpus" / "src" / "minhash.rs"
    os.utime(source)
    assert "native" not in workspace.planned("corpus")
    source.write_text(source.read_text() + "// changed\n")
    assert "native" in workspace.planned("corpus")


def test_another_version_of_a_crate_builds_the_binary_again_and_no_corpus(built: Workspace) -> None:
    with built.changed("rust/Cargo.lock", "\n", "\n# changed\n"):
        assert built.planned() == {"rust", "parity", "samples", "report"}


def test_another_similarity_clusters_again_and_signs_nothing(built: Workspace) -> None:
    with built.changed(
        "config/config.yaml", "extraction:", "deduplication:\n  min_similarity: 0.9\nextraction:"
    ):
        planned = built.planned()
    assert of_every_part("dedupe") | {"clusters"} <= planned
    assert not planned & (of_every_part("clean", "signatures") | {"native", "rust"})


def test_more_memory_for_sorting_clusters_nothing_again(built: Workspace) -> None:
    with built.changed(
        "config/config.yaml", "extraction:", "deduplication: {sort_megabytes: 9}\nextraction:"
    ):
        assert built.planned() == set()


def test_another_bound_on_what_documents_lose_merges_no_ngrams_again(built: Workspace) -> None:
    with built.changed(
        "config/config.yaml", "extraction:", "decontamination: {max_removed: 0.4}\nextraction:"
    ):
        planned = built.planned()
    assert of_every_part("dedupe") <= planned
    assert not planned & (of_every_part("held_out") | {"held_out_index", "clusters"})


def test_another_share_of_repeated_lines_counts_no_line_again(built: Workspace) -> None:
    with built.changed("config/config.yaml", "repeated: all", "repeated: all\n  min_share: 0.5"):
        planned = built.planned()
    assert of_every_part("dedupe") <= planned
    assert not planned & (of_every_part("clean", "signatures", "lines") | {"line_index"})


def test_another_number_of_repeated_lines_merges_again_and_counts_none(built: Workspace) -> None:
    with built.changed("config/config.yaml", "repeated: all", "repeated: all\n  min_documents: 5"):
        planned = built.planned()
    assert of_every_part("dedupe") | {"line_index"} <= planned
    assert not planned & of_every_part("clean", "signatures", "lines")


def test_lines_are_counted_of_no_source_whose_lines_stay(built: Workspace) -> None:
    with built.changed("config/config.yaml", "repeated: all", "repeated: web"):
        planned = built.planned()
    assert of_every_part("dedupe") <= planned
    assert not planned & (of_every_part("lines") | {"line_index"})


def test_the_order_of_sources_is_no_change(built: Workspace) -> None:
    with built.changed("config/config.yaml", "- tales\n  - letters", "- letters\n  - tales"):
        assert built.planned() == set()


def test_an_example_of_a_crate_builds_nothing(built: Workspace) -> None:
    with built.changed("rust/app/examples/embed.rs", "\n", "\n// changed\n"):
        assert built.planned() == set()


def test_a_prompt_samples_again_and_nothing_else(built: Workspace) -> None:
    with built.changed("miniature/prompts.txt", "Bunica", "Mama"):
        assert built.planned("results/samples.txt") == {"samples"}


def test_a_hyper_parameter_trains_again_and_nothing_before(built: Workspace) -> None:
    overrides = "  threads: 1\n  overrides:\n    OPTIMIZER.LEARNING_RATE: 0.0005\n"
    with built.changed("config/config.yaml", "  threads: 1\n", overrides):
        assert built.planned() == {"train"} | AFTER_TRAIN


def test_a_training_goes_on_from_the_checkpoint_that_the_config_names(
    built: Workspace, tmp_path: Path
) -> None:
    workspace = built.copied(tmp_path / "workspace")
    checkpoint = max(workspace.folder.glob("results/training/*/checkpoints/step-*"))
    more = f"  checkpoint: {checkpoint}\n  overrides: {{SCHEDULE.STEPS: 40}}\n"
    workspace.replace("config/config.yaml", "  threads: 1\n", f"  threads: 1\n{more}")
    result = workspace.snakemake("train")
    assert result.status == 0, result.stderr
    steps = re.findall(r"^training: step (\d+)", result.stderr, re.M)
    assert steps and min(map(int, steps)) > 30


def test_what_a_training_runs_on_is_no_change(built: Workspace) -> None:
    machine = "  threads: 2\n  gpus: 2\n  memory_mb: 9000\n  walltime_minutes: 9\n"
    with built.changed("config/config.yaml", "  threads: 1\n", machine):
        assert built.planned("--resources", "gpu=2", "--") == set()


def test_a_probe_measures_again_and_nothing_before(built: Workspace) -> None:
    with built.changed("data/probes/attractors.tsv", "Coșul", "Cuibul"):
        assert built.planned() == {"train"} | AFTER_TRAIN


def test_a_new_file_of_probes_measures_again(built: Workspace) -> None:
    path = built.folder / "data" / "probes" / "mine.tsv"
    path.write_text("correct\twrong\nEu sunt.\tEu este.\n")
    try:
        assert "train" in built.planned()
    finally:
        path.unlink()


def test_another_licence_writes_the_card_again_and_trains_nothing(built: Workspace) -> None:
    with built.changed("miniature/sources.yaml", "licence: CC0-1.0", "licence: CC-BY-4.0"):
        assert built.planned() == {"card"}


def test_a_line_of_the_code_that_fetches_downloads_nothing_again(built: Workspace) -> None:
    with built.changed("gpt2ro/sources/download.py", "\n", "\n# changed\n"):
        assert built.planned() == set()


def test_another_address_of_a_source_downloads_only_that_source(built: Workspace) -> None:
    with built.changed("miniature/sources.yaml", "letters.txt", "letters.txt?again"):
        planned = built.planned("corpus")
    assert "download(letters/letters.txt)" in planned
    assert not planned & {f"extract({part})" for part in PARTS if part.startswith("tales")}
