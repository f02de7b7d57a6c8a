"""Short samples during training, drawn without disturbing it."""

import torch
from tokenizers import Tokenizer
from torch import Tensor, nn
from yacs.config import CfgNode

from gpt2ro.training.weights import END_OF_TEXT

TOP_K = 50
TEMPERATURE = 0.8


def draw_samples(model: nn.Module, tokenizer: Tokenizer, config: CfgNode) -> list[str]:
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


@torch.no_grad()
def sample(
    model: nn.Module, prompt: list[int], new_tokens: int, context: int, end_of_text: int, seed: int
) -> list[int]:
    """Continue a prompt by top-k sampling, in evaluation mode, with a random stream of its own.

    Dropout is off, the mode is restored, and the random state of training is not touched. Returns
    the new ids, without end-of-text.
    """
    was_training = model.training
    model.eval()
    device = next(model.parameters()).device
    generator = torch.Generator().manual_seed(seed)
    ids = list(prompt) or [end_of_text]
    written: list[int] = []
    for _ in range(new_tokens):
        window = torch.tensor([ids[-context:]], device=device)
        # logits: (vocabulary,)
        logits = model(input_ids=window, use_cache=False).logits[0, -1].float().cpu()
        token = _draw(logits, generator)
        if token == end_of_text:
            break
        ids.append(token)
        written.append(token)
    model.train(was_training)
    return written


def _draw(logits: Tensor, generator: torch.Generator) -> int:
    values, ids = logits.topk(min(TOP_K, len(logits)))
    probabilities = (values / TEMPERATURE).softmax(dim=-1)
    return int(ids[torch.multinomial(probabilities, 1, generator=generator)])
