"""How a GPT-2 looks back: by PyTorch's fast attention, told that it is causal, without a mask."""

from typing import Any

from transformers import AttentionInterface
from transformers.integrations.sdpa_attention import sdpa_attention_forward

NAME = "gpt2ro_causal"
# transformers makes a mask for the kinds of attention that it knows, and for no other.
AttentionInterface.register(NAME, sdpa_attention_forward)


def attend_causally(model: Any) -> None:
    """Let no mask be made; padding, if there is any, must stand after the text.

    By default transformers looks at each batch for several sequences in a row. On a GPU that waits
    for all that was begun. Where torch.compile traces the model it cannot look, and makes a mask in
    any case, for which PyTorch has no flash attention.
    """
    model.config._attn_implementation = NAME
