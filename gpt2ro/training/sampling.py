"""Short samples during training, drawn without disturbing it."""

import torch
from tokenizers import Tokenizer
from torch import Tensor
from yacs.config import CfgNode

from gpt2ro.training.evaluation_mode import evaluation_mode
from gpt2ro.training.weights import END_OF_TEXT, Gpt2

# The defaults of the binary's top-k (rust/app/src/cli/decoding.rs).
TOP_K = 50
TEMPERATURE = 0.8
LARGE = 1e30  # divided by the temperature it is still finite


def draw_samples(model: Gpt2, tokenizer: Tokenizer, config: CfgNode) -> list[str]:
    """Return a continuation of each of EVALUATION.PROMPTS, the prompt included."""
    end_of_text = tokenizer.get_vocab()[END_OF_TEXT]
    texts = []
    for prompt in config.EVALUATION.PROMPTS:
        ids = sample(
            model,
            tokenizer.encode(prompt).ids,
            config.EVALUATION.SAMPLE_TOKENS,
            config.BATCH.CONTEXT,
            end_of_text,
            config.SEED,
        )
        texts.append(prompt + tokenizer.decode(ids))
    return texts


def sample(
    model: Gpt2, prompt: list[int], new_tokens: int, context: int, end_of_text: int, seed: int
) -> list[int]:
    """Continue a prompt by top-k sampling, with a random stream of its own.

    The random state and the mode of the training stay as they are. The text may be longer than the
    context: each token is drawn after the last `context` ones.

    Returns:
        The new ids, without end-of-text.
    """
    generator = torch.Generator().manual_seed(seed)
    ids = list(prompt) or [end_of_text]
    written: list[int] = []
    with evaluation_mode(model):
        for _ in range(new_tokens):
            window = torch.tensor([ids[-context:]], device=model.device)
            # logits: (1, vocabulary)
            logits = model(input_ids=window, use_cache=False).logits[:, -1].float().cpu()
            token = int(_draw(logits, generator))
            if token == end_of_text:
                break
            ids.append(token)
            written.append(token)
    return written


def sample_many(
    model: Gpt2, prompt: list[int], rows: int, new_tokens: int, end_of_text: int, seed: int
) -> list[list[int]]:
    """Continue one prompt `rows` times at once, otherwise as `sample`.

    The prompt, end-of-text if it is empty, and the new tokens must fit into the model's context.
    """
    generator = torch.Generator().manual_seed(seed)
    # inputs: (rows, prompt), then (rows, 1)
    inputs = torch.tensor([prompt or [end_of_text]] * rows)
    drawn, cache = [], None
    with evaluation_mode(model):
        for _ in range(new_tokens):
            out = model(input_ids=inputs.to(model.device), past_key_values=cache, use_cache=True)
            cache = out.past_key_values
            inputs = _draw(out.logits[:, -1].float().cpu(), generator)
            drawn.append(inputs)
    return [_until(end_of_text, row) for row in torch.cat(drawn, dim=1).tolist()]


def _until(end: int, ids: list[int]) -> list[int]:
    return ids[: ids.index(end)] if end in ids else ids


def _draw(logits: Tensor, generator: torch.Generator) -> Tensor:
    """Draw one id from each row of logits: `(rows, vocabulary)` to `(rows, 1)`.

    A model that has diverged gives NaN, which counts as 0, and infinities, which count as a large
    number, so that there is always something to draw.
    """
    values, ids = logits.nan_to_num(posinf=LARGE, neginf=-LARGE).topk(min(TOP_K, logits.shape[-1]))
    probabilities = (values / TEMPERATURE).softmax(dim=-1)
    return ids.gather(-1, torch.multinomial(probabilities, 1, generator=generator))
