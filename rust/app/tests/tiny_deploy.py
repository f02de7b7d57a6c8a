"""Write deploy folders of tiny random GPT-2s, and what `transformers` makes of them.

python3 tiny_deploy.py FOLDER STREAM

STREAM is a JSON list: the random numbers to sample with, one a token, anew for each prompt.

    FOLDER/plain        hardly ever ends a text
    FOLDER/ending       often ends a text, so that finished sequences compete in a beam search
    FOLDER/not_numbers  has damaged weights: NaN
    FOLDER/infinite     has weights that grew without bound: a logit is infinite

Each holds what the step convert writes, and reference.json: for some prompts the ids, the logits of
the last position, the continuation of each case, with the flags that ask the binary for it, and one
longer than the context.
continuations.json has the continuations of fifty prompts, greedy, beam and top-k.
random_cases.json has prompts with flags drawn at random, and the continuations that they give.
score.json has a text of some contexts, and how well the model predicts it.
"""

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from random import Random
from unittest.mock import patch

import torch
from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers
from torch.nn.functional import cross_entropy
from transformers import GPT2Config, GPT2LMHeadModel, LogitsProcessor

LAYERS, HEADS, WIDTH, POSITIONS, VOCABULARY = 2, 2, 64, 64, 400
NEW_TOKENS = 24
SLIDING_TOKENS = 120  # nearly twice the context
RANDOM_CASES = 40  # of each model
END_LOGIT = 3.5  # so that half of the cases end within NEW_TOKENS
SENTENCES = [
    "Bunica a făcut o plăcintă cu mere și a chemat copiii la masă.",
    "Într-o dimineață, ariciul și vulpea s-au întâlnit în pădure.",
    "— Unde ai fost, Mihai? — Am fost la râu să prind pește.",
    "Iarna, zăpada acoperă casele, ulițele și grădina bunicului.",
]
PROMPTS = ["Bunica a", "— Unde ai fost", "și", "Într-o dimineață, zăpada acoperă"]
# Flags of the binary, and the same for `transformers`.
CASES: dict[str, dict[str, object]] = {
    "--strategy greedy": {},
    "--strategy greedy --repetition-penalty 1.5 --no-repeat-ngram 2": {
        "repetition_penalty": 1.5,
        "no_repeat_ngram_size": 2,
    },
    "--strategy greedy --min-new-tokens 12": {"min_new_tokens": 12},
    "--strategy beam": {"num_beams": 4},
    "--strategy beam --early-stopping": {"num_beams": 4, "early_stopping": True},
    "--strategy beam --length-penalty 0": {"num_beams": 4, "length_penalty": 0.0},
    "--strategy beam --length-penalty 3": {"num_beams": 4, "length_penalty": 3.0},
    "--strategy beam --beams 3 --repetition-penalty 1.2 --no-repeat-ngram 2": {
        "num_beams": 3,
        "repetition_penalty": 1.2,
        "no_repeat_ngram_size": 2,
    },
}
CONTINUED = Path(__file__).resolve().parents[3] / "tests" / "data" / "continuation_prompts.txt"
# The strategies by the binary's names, with its defaults.
STRATEGIES: dict[str, dict[str, object]] = {
    "greedy": {"do_sample": False},
    "beam": {"do_sample": False, "num_beams": 4},
    "top-k": {"do_sample": True, "top_k": 50, "top_p": 1.0, "temperature": 0.8},
}
# The token that greedy decoding likes best, biased or barred; its id is put in place of BEST.
BIASED = {
    "--strategy greedy --logit-bias BEST=-2.5": lambda best: {"sequence_bias": [[[best], -2.5]]},
    "--strategy beam --logit-bias BEST=-2.5": lambda best: {
        "num_beams": 4,
        "sequence_bias": [[[best], -2.5]],
    },
}


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


def model(vocabulary: int, end_logit: float) -> GPT2LMHeadModel:
    """Make a model whose choices are not near ties: larger weights than at initialisation.

    Args:
        end_logit: what the logit of end-of-text has on top of its random part.
    """
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
        # The bias of the last layer norm is in every hidden state; the head has none of its own.
        bias = network.transformer.ln_f.bias
        network.transformer.wte.weight[end] += end_logit * bias / bias.dot(bias)
    return network


def write_ot(network: GPT2LMHeadModel, path: Path, dtype: torch.dtype) -> None:
    """Write the weights as the step convert does."""
    module = torch.nn.Module()
    mask = torch.tril(torch.ones(POSITIONS, POSITIONS)).view(1, 1, POSITIONS, POSITIONS)
    tensors = {name: value for name, value in network.state_dict().items() if "lm_head" not in name}
    tensors |= {f"transformer.h.{layer}.attn.bias": mask for layer in range(LAYERS)}
    for name, value in tensors.items():
        parameter = torch.nn.Parameter(value.to(dtype, copy=True), requires_grad=False)
        module.register_parameter(name.replace(".", "|"), parameter)
    torch.jit.script(module).save(str(path))


def reference(network: GPT2LMHeadModel, bpe: Tokenizer) -> list[dict[str, object]]:
    """Return, for each prompt, its ids, the last logits and the continuation of each case."""
    facts = []
    for prompt in PROMPTS:
        ids = torch.tensor([bpe.encode(prompt).ids])
        with torch.no_grad():
            logits = network(ids).logits[0, -1]
        best = int(logits.argmax())
        cases = CASES | {
            flags.replace("BEST", str(best)): options(best) for flags, options in BIASED.items()
        }
        facts.append(
            {
                "prompt": prompt,
                "ids": ids[0].tolist(),
                "logits": logits.tolist(),
                "cases": [
                    {"flags": flags.split(), "tokens": continuation(network, ids, options)}
                    for flags, options in cases.items()
                ],
                "sliding": sliding_continuation(network, ids[0].tolist()),
            }
        )
    return facts


def continuations(
    network: GPT2LMHeadModel, bpe: Tokenizer, stream: list[float]
) -> dict[str, list[list[int]]]:
    """Return the continuation of every prompt of the file, by strategy."""
    prompts = CONTINUED.read_text(encoding="utf-8").splitlines()
    found: dict[str, list[list[int]]] = {}
    for name, options in STRATEGIES.items():
        found[name] = []
        for prompt in prompts:
            ids = torch.tensor([bpe.encode(prompt).ids])
            assert ids.shape[1] + NEW_TOKENS <= POSITIONS, f"{prompt}: {ids.shape[1]} tokens"
            with patch("torch.multinomial", drawn_with(iter(stream))):
                found[name].append(continuation(network, ids, options))
    return found


def drawn_with(numbers: Iterator[float]):
    """Return a stand-in for torch.multinomial: the token, the most probable first, at which the sum
    of the probabilities goes beyond the next number."""

    def draw(probabilities: torch.Tensor, num_samples: int) -> torch.Tensor:
        assert num_samples == 1
        ordered, tokens = probabilities[0].double().sort(descending=True, stable=True)
        reached = ordered.cumsum(0)
        place = int((reached <= next(numbers) * reached[-1]).sum())
        return tokens[place].view(1, 1)

    return draw


class UsePenalties(LogitsProcessor):
    """What a token loses for being in the continuation, which `transformers` has no option for."""

    def __init__(self, prompt_tokens: int, frequency: float, presence: float) -> None:
        """Take what a use costs, and what the first one costs besides."""
        self.prompt_tokens, self.frequency, self.presence = prompt_tokens, frequency, presence

    def __call__(self, input_ids: torch.Tensor, scores: torch.Tensor) -> torch.Tensor:
        """Return the scores, (sequences, vocabulary), after the penalties."""
        written = input_ids[:, self.prompt_tokens :]
        uses = torch.zeros_like(scores).scatter_add_(1, written, torch.ones_like(written).float())
        return scores - self.frequency * uses - self.presence * (uses > 0)


def random_strategy(random: Random) -> tuple[list[str], dict[str, object]]:
    """Draw a strategy and its parameters: flags of the binary, and the same for `transformers`."""
    # No number is rounded by being written, and none is likely to be the border of a choice.
    share = round(random.uniform(0.05, 0.999), 4)
    temperature = round(random.uniform(0.3, 2.5), 4)
    count = random.randint(1, 60)
    sampling = {"do_sample": True, "top_k": 0, "top_p": 1.0, "temperature": temperature}
    drawn = ["--temperature", str(temperature)]
    match random.choice(["greedy", "beam", "beam", "top-k", "top-p", "both", "min-p", "typical"]):
        case "greedy":
            return ["--strategy", "greedy"], {}
        case "beam":
            beams, early = random.randint(2, 6), random.choice([True, False, "never"])
            penalty = random.choice([-1.5, 0.0, 0.5, 1.0, 2.5])
            best = random.randint(1, beams)
            flags = f"--strategy beam --beams {beams} --length-penalty {penalty} -c {best}"
            return [*flags.split(), f"--early-stopping={str(early).lower()}"], {
                "num_beams": beams,
                "early_stopping": early,
                "length_penalty": penalty,
                "num_return_sequences": best,
            }
        case "top-k":
            flags = ["--strategy", "top-k", "--top-k", str(count)]
            return flags + drawn, sampling | {"top_k": count}
        case "top-p":
            flags = ["--strategy", "top-p", "--top-p", str(share)]
            return flags + drawn, sampling | {"top_p": share}
        case "both":
            flags = ["--strategy", "top-k-top-p", "--top-k", str(count), "--top-p", str(share)]
            return flags + drawn, sampling | {"top_k": count, "top_p": share}
        case "min-p":
            flags = ["--strategy", "min-p", "--min-p", str(share)]
            return flags + drawn, sampling | {"min_p": share}
        case _:
            flags = ["--strategy", "typical", "--typical-p", str(share)]
            return flags + drawn, sampling | {"typical_p": share}


def random_processors(
    random: Random, bpe: Tokenizer, ids: list[int], usual: list[int]
) -> tuple[list[str], dict[str, object]]:
    """Draw what changes the logits: flags of the binary, and the same for `transformers`.

    Args:
        ids: the prompt.
        usual: its continuation without any of this.
    """
    flags: list[str] = []
    options: dict[str, object] = {}
    if random.random() < 0.4:
        penalty = random.choice([0.7, 1.1, 1.5, 4.0])
        flags += ["--repetition-penalty", str(penalty)]
        options["repetition_penalty"] = penalty
    if random.random() < 0.4:
        frequency, presence = random.choice([-0.5, 0.0, 0.75]), random.choice([-0.5, 0.5, 2.0])
        flags += ["--frequency-penalty", str(frequency), "--presence-penalty", str(presence)]
        options["logits_processor"] = [UsePenalties(len(ids), frequency, presence)]
    if random.random() < 0.4:
        size = random.randint(1, 4)
        flags += ["--no-repeat-ngram", str(size)]
        options["no_repeat_ngram_size"] = size
    if random.random() < 0.3:
        least = random.randint(1, NEW_TOKENS)
        flags += ["--min-new-tokens", str(least)]
        options["min_new_tokens"] = least
    if usual and random.random() < 0.4:
        biases = {token: random.choice([-3.0, -0.5, 1.5]) for token in usual[:3]}
        for token, bias in biases.items():
            flags += ["--logit-bias", f"{token}={bias}"]
        options["sequence_bias"] = [[[token], bias] for token, bias in biases.items()]
    words = words_of(bpe, usual)
    if words and random.random() < 0.6:
        bad = random.sample(words, min(2, len(words)))
        for word in bad:
            flags += ["--bad-word", word]
        options["bad_words_ids"] = [
            bpe.encode(written).ids for word in bad for written in (word, f" {word}")
        ]
    return flags, options


def words_of(bpe: Tokenizer, ids: list[int]) -> list[str]:
    """Return texts of one to three tokens of a continuation that are encoded as these tokens."""
    words = []
    for size in (1, 2, 3):
        for start in range(len(ids) - size + 1):
            piece = ids[start : start + size]
            text = bpe.decode(piece)
            if text.isprintable() and text.strip() == text and bpe.encode(text).ids == piece:
                words.append(text)
    return sorted(set(words))


def random_cases(
    network: GPT2LMHeadModel, bpe: Tokenizer, stream: list[float]
) -> list[dict[str, object]]:
    """Return prompts with flags drawn at random, and the continuations that they give."""
    random = Random(6)
    cases = []
    for _ in range(RANDOM_CASES):
        prompt = random.choice(PROMPTS)
        ids = torch.tensor([bpe.encode(prompt).ids])
        flags, options = random_strategy(random)
        [usual] = continuations_of(network, ids, options, stream)[:1]
        more_flags, more_options = random_processors(random, bpe, ids[0].tolist(), usual)
        found = continuations_of(network, ids, options | more_options, stream)
        cases.append({"prompt": prompt, "flags": flags + more_flags, "tokens": found})
    return cases


def continuations_of(
    network: GPT2LMHeadModel, ids: torch.Tensor, options: dict[str, object], stream: list[float]
) -> list[list[int]]:
    """Generate with `transformers` and the numbers of a stream; return the ids of each sequence."""
    with patch("torch.multinomial", drawn_with(iter(stream))):
        return generated(network, ids, options)


def continuation(
    network: GPT2LMHeadModel, ids: torch.Tensor, options: dict[str, object]
) -> list[int]:
    """Generate a sequence with `transformers`; the ids after the prompt and before end-of-text."""
    return generated(network, ids, options)[0]


def generated(
    network: GPT2LMHeadModel, ids: torch.Tensor, options: dict[str, object]
) -> list[list[int]]:
    """Generate with `transformers`; the ids of each sequence between the prompt and end-of-text."""
    with torch.no_grad():
        whole = network.generate(
            ids,
            # Else a token of the prompt with the padding's id would not be read.
            attention_mask=torch.ones_like(ids),
            pad_token_id=network.config.eos_token_id,
            max_new_tokens=NEW_TOKENS,
            **({"do_sample": False} | options),
        )
    end = network.config.eos_token_id
    return [until_end(sequence[ids.shape[1] :].tolist(), end) for sequence in whole]


def sliding_continuation(network: GPT2LMHeadModel, ids: list[int]) -> list[int]:
    """Continue greedily with SLIDING_TOKENS; of a full context the newer half is read anew."""
    tokens, begin = list(ids), 0
    for _ in range(SLIDING_TOKENS):
        if len(tokens) - begin > POSITIONS:
            begin = len(tokens) - POSITIONS // 2
        with torch.no_grad():
            logits = network(torch.tensor([tokens[begin:]])).logits[0, -1]
        tokens.append(int(logits.argmax()))
    return until_end(tokens[len(ids) :], network.config.eos_token_id)


def score(network: GPT2LMHeadModel, bpe: Tokenizer) -> dict[str, object]:
    """Return a text, and the sum of its tokens' negative log-probabilities in nats."""
    text = "\n".join(SENTENCES)
    end = network.config.eos_token_id
    targets = torch.tensor([*bpe.encode(text).ids, end])
    inputs = torch.cat([torch.tensor([end]), targets[:-1]])
    nats = 0.0
    for start in range(0, len(targets), POSITIONS):
        piece = slice(start, start + POSITIONS)
        with torch.no_grad():
            logits = network(inputs[None, piece]).logits[0]
        nats += float(cross_entropy(logits, targets[piece], reduction="sum"))
    return {"text": text, "tokens": len(targets), "nats": nats}


def until_end(ids: list[int], end: int) -> list[int]:
    """Cut a continuation before its end-of-text token."""
    return ids[: ids.index(end)] if end in ids else ids


def write_deploy(folder: Path, bpe: Tokenizer, network: GPT2LMHeadModel) -> None:
    """Write the files of one deploy folder."""
    folder.mkdir(parents=True, exist_ok=True)
    bpe.save(str(folder / "tokenizer.json"))
    bpe.model.save(str(folder))
    config = network.config.to_dict() | {"n_ctx": POSITIONS}
    (folder / "config.json").write_text(json.dumps(config))
    write_ot(network, folder / "rust_model.ot", torch.float32)
    write_ot(network, folder / "rust_model_fp16.ot", torch.float16)


def main() -> None:
    """Write the folders."""
    target, stream = Path(sys.argv[1]), json.loads(sys.argv[2])
    torch.set_num_threads(1)  # more only wait for each other on so small a model
    bpe = tokenizer()
    for name, end_logit in (("plain", 0.0), ("ending", END_LOGIT)):
        network = model(bpe.get_vocab_size(), end_logit)
        write_deploy(target / name, bpe, network)
        facts = json.dumps(reference(network, bpe))
        (target / name / "reference.json").write_text(facts)
        (target / name / "continuations.json").write_text(
            json.dumps(continuations(network, bpe, stream))
        )
        (target / name / "random_cases.json").write_text(
            json.dumps(random_cases(network, bpe, stream))
        )
        (target / name / "score.json").write_text(json.dumps(score(network, bpe)))
    with torch.no_grad():
        network.transformer.ln_f.bias[0] = float("nan")
    write_deploy(target / "not_numbers", bpe, network)
    with torch.no_grad():
        network.transformer.ln_f.weight.zero_()
        network.transformer.ln_f.bias.fill_(30.0)
        network.transformer.wte.weight[5] = 1e38
    write_deploy(target / "infinite", bpe, network)


if __name__ == "__main__":
    main()
