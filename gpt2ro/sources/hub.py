"""Files of the Hugging Face hub."""

import os
import shutil
from collections.abc import Mapping, Sequence
from pathlib import Path

from huggingface_hub import hf_hub_url
from huggingface_hub.errors import HFValidationError

from gpt2ro.errors import UserError
from gpt2ro.files import atomic_path, sha256
from gpt2ro.sources.download import download

TOKEN = "HF_TOKEN"
WEIGHTS = ("config.json", "model.safetensors", "tokenizer.json")


def hub_headers(repository: str, gated: bool, kind: str = "datasets/") -> dict[str, str]:
    """Return the headers that carry the user's token, if there is one.

    Raises:
        UserError: the repository is gated and no token is set, or the token cannot be one.
    """
    token = os.environ.get(TOKEN, "").strip()  # files of tokens end with a line end
    if not all("!" <= character <= "~" for character in token):
        raise UserError(
            f"{repository}: {TOKEN} has blanks or letters that no token has, expected "
            "letters of ASCII and digits; copy it again from https://huggingface.co/settings/tokens."
        )
    if gated and not token:
        raise UserError(
            f"{repository}: gated, and {TOKEN} is not set; accept the terms at "
            f"https://huggingface.co/{kind}{repository}, then set {TOKEN} to an access token."
        )
    return {"Authorization": f"Bearer {token}"} if token else {}


def download_data(
    repository: str,
    revision: str,
    file: str,
    output: Path,
    *,
    gated: bool = False,
    expected_sha256: str | None = None,
    expected_size: int | None = None,
) -> None:
    """Fetch one file of a data set.

    Raises:
        UserError: gated without a token, or as `download`.
    """
    headers = hub_headers(repository, gated)
    download(
        hf_hub_url(repository, file, repo_type="dataset", revision=revision),
        output,
        expected_sha256=expected_sha256,
        expected_size=expected_size,
        headers=headers,
    )


def fetch_weights(
    model: str,
    revision: str,
    output: Path,
    expected_sha256: Mapping[str, str] | None = None,
    files: Sequence[str] = WEIGHTS,
) -> None:
    """Fetch a model's configuration, weights and tokenizer, or copy them from a local folder.

    Weights are read as safetensors only: a pickle could run code.

    Args:
        files: of these, the ones that are wanted.
        expected_sha256: of some of the files, 64 hexadecimal digits by name.

    Raises:
        UserError: a file is missing or another one than expected, or as `download`.
    """
    expected = expected_sha256 or {}
    if unknown := sorted(set(expected) - set(WEIGHTS)):
        raise UserError(
            f"training.initial_sha256: {unknown[0]} is none of the files that are fetched, "
            f"{', '.join(WEIGHTS)}; name one of them."
        )
    folder = Path(model)
    for file in files:
        if folder.is_dir():
            _copy(folder / file, output / file, expected.get(file))
        else:
            try:
                url = hf_hub_url(model, file, revision=revision)
            except HFValidationError:
                raise UserError(
                    f"training.initial_weights is {model}: neither a folder nor a name on the hub."
                ) from None
            download(
                url,
                output / file,
                expected_sha256=expected.get(file),
                headers=hub_headers(model, gated=False, kind=""),
            )


def _copy(source: Path, output: Path, expected_sha256: str | None) -> None:
    if not source.is_file():
        raise UserError(
            f"{source}: not found; expected a model folder with {', '.join(WEIGHTS)} (pickled "
            "weights, .bin, are not read: save the model again with transformers)."
        )
    with atomic_path(output) as partial:
        shutil.copyfile(source, partial)
        # Of the copy: what is trained from is what was checked.
        if expected_sha256 and (found := sha256(partial)) != expected_sha256:
            raise UserError(
                f"{source}: its SHA-256 is {found}, expected {expected_sha256}; put the right file "
                "there, or correct training.initial_sha256."
            )
