"""Write a deploy folder of a tiny random GPT-2, and what `transformers` makes of it.

python3 tiny_deploy.py FOLDER

The folder holds what the step convert writes, and reference.json: for some prompts the ids, the
greedy continuation and the beam search's, and a file of reference logits.
"""

import json
import sys
from pathlib import Path

import torch
from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers
from transformers import GPT2Config, GPT2LMHeadModel

LAYERS, HEADS, WIDTH, POSITIONS, VOCABULARY = 2, 2, 64, 64, 400
NEW_TOKENS = 24
SENTENCES = [
    "Bunica a făcut o plăcintă cu mere și a chemat copiii la masă.",
    "Într-o dimineață, ariciul și vulpea s-au întâlnit în pădure.",
    "— Unde ai fost, Mihai? — Am fost la râu să prind pește.",
    "Iarna, zăpada acoperă casele, ulițele și grădina bunicului.",
]
PROMPTS = ["Bunica a", "— Unde ai fost", "și", "Într-o dimineață, zăpada acoperă"]


def tokenizer() -> Tokenizer:
    """Train a byte-level BPE on a few sentences, `<|endoftext|>` last."""
    bpe = Tokenizer(models.BPE())
    bpe.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    bpe.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=VOCABULARY - 1,
        min_frequency=1,
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
        show_progress=False,
    )
    bpe.train_from_iterator(SENTENCES, trainer)
    bpe.add_special_tokens(["<|endoftext|>"])
    return bpe


def model(vocabulary: int) -> GPT2LMHeadModel:
    """Make a model whose choices are not near ties: larger weights than at initialisation."""
    torch.manual_seed(7)
    end = vocabulary - 1
    config = GPT2Config(
        vocab_size=vocabulary,
        n_positions=POSITIONS,
        n_embd=WIDTH,
        n_layer=LAYERS,
        n_head=HEADS,
        bos_token_id=end,
        eos_token_id=end,
    )
    network = GPT2LMHeadModel(config).eval()
    with torch.no_grad():
        for parameter in network.parameters():
            parameter.add_(torch.randn_like(parameter) * 0.15)
    return network


def write_ot(network: GPT2LMHeadModel, path: Path) -> None:
    """Write the weights as the step convert does."""
    module = torch.nn.Module()
    mask = torch.tril(torch.ones(POSITIONS, POSITIONS)).view(1, 1, POSITIONS, POSITIONS)
    tensors = {name: value for name, value in network.state_dict().items() if "lm_head" not in name}
    tensors |= {f"transformer.h.{layer}.attn.bias": mask for layer in range(LAYERS)}
    for name, value in tensors.items():
        parameter = torch.nn.Parameter(value.clone(), requires_grad=False)
        module.register_parameter(name.replace(".", "|"), parameter)
    torch.jit.script(module).save(str(path))


def reference(network: GPT2LMHeadModel, bpe: Tokenizer) -> list[dict[str, object]]:
    """Return ids, greedy and beam continuations, and the logits of the last position."""
    facts = []
    for prompt in PROMPTS:
        ids = torch.tensor([bpe.encode(prompt).ids])
        options = {"max_new_tokens": NEW_TOKENS, "do_sample": False, "pad_token_id": 0}
        with torch.no_grad():
            logits = network(ids).logits[0, -1]
            greedy = network.generate(ids, **options)[0, ids.shape[1] :]
            beam = network.generate(ids, num_beams=4, **options)[0, ids.shape[1] :]
        facts.append(
            {
                "prompt": prompt,
                "ids": ids[0].tolist(),
                "logits": logits.tolist(),
                "greedy": until_end(greedy.tolist(), network.config.eos_token_id),
                "beam": until_end(beam.tolist(), network.config.eos_token_id),
            }
        )
    return facts


def until_end(ids: list[int], end: int) -> list[int]:
    """Cut a continuation before its end-of-text token."""
    return ids[: ids.index(end)] if end in ids else ids


def main() -> None:
    """Write the folder."""
    folder = Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    bpe = tokenizer()
    network = model(bpe.get_vocab_size())
    bpe.save(str(folder / "tokenizer.json"))
    bpe.model.save(str(folder))
    config = network.config.to_dict() | {"n_ctx": POSITIONS}
    (folder / "config.json").write_text(json.dumps(config))
    write_ot(network, folder / "rust_model.ot")
    (folder / "reference.json").write_text(json.dumps(reference(network, bpe)))


if __name__ == "__main__":
    main()
