"""What is refused before a training: no fault that is there at the start should show after days."""

import os
from contextlib import nullcontext
from pathlib import Path

from gpt2ro.errors import UserError
from gpt2ro.files import sha256
from gpt2ro.progress import Progress
from gpt2ro.tokenization.shards import TokenShard, check_content
from gpt2ro.training.branching import check_is_checkpoint
from gpt2ro.training.evaluation import has_text
from gpt2ro.training.paths import Paths

TOLD_FROM = 1_000_000_000  # bytes; to read fewer takes a moment


def check_arguments(paths: Paths, threads: int) -> None:
    """Refuse folders that cannot be read, and ones that cannot be written."""
    if threads < 1:
        raise UserError(f"--threads: {threads} is too small; set 1 or more.")
    for folder in (paths.pretrained, paths.shape):
        if folder and not folder.is_dir():
            raise UserError(f"{folder}: no such folder; run the step pretrained.")
    if paths.shape and not (config := paths.shape / "config.json").is_file():
        raise UserError(f"{config}: not found; name the folder of a GPT-2.")
    if paths.checkpoint:
        check_is_checkpoint(paths.checkpoint)
    if paths.metrics.is_dir():
        raise UserError(f"{paths.metrics}: a folder; name a file such as metrics.json in it.")
    for folder in (paths.model, paths.metrics.parent, paths.runs):
        there = next(place for place in (folder, *folder.absolute().parents) if place.exists())
        if not there.is_dir() or not os.access(there, os.W_OK):
            raise UserError(f"{folder}: {there} is no folder that can be written; name another.")


def check_tokenizer(shards: list[TokenShard], tokenizer: Path) -> None:
    """Refuse tokens that another tokenizer made."""
    if not tokenizer.is_file():
        raise UserError(f"{tokenizer}: not found; run the step tokenizer.")
    if (found := sha256(tokenizer)) != shards[0].tokenizer_sha256:
        raise UserError(
            f"{shards[0].path}: made by tokenizer {shards[0].tokenizer_sha256[:12]}, and "
            f"{tokenizer} is {found[:12]}; run the step encode again."
        )


def check_train(train: list[TokenShard]) -> None:
    """Refuse damaged tokens of the training split: a training may come to them after days.

    All of it is read, which takes a second for a gigabyte or so.
    """
    total = sum(shard.tokens.nbytes for shard in train)
    progress = Progress("training: checking its tokens", total)
    with progress if total > TOLD_FROM else nullcontext():
        for shard in train:
            check_content(shard)
            progress.update(shard.tokens.nbytes)


def check_held_out(valid: list[TokenShard], test: list[TokenShard]) -> None:
    """Refuse a validation split without text, and damaged tokens of it or of the test split.

    The training reads neither split before its first evaluation, and the test split at its end.
    """
    if not has_text(valid):
        folder = valid[0].path.parents[1]
        raise UserError(
            f"{folder}: no tokens in {len(valid)} shards; raise split.{folder.name} in the config."
        )
    for shard in [*valid, *test]:
        check_content(shard)
