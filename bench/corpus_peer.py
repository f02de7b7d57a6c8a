"""datatrove's own chain on a folder of JSON lines, for bench/corpus.py; gpt2ro is not imported.

    bench-env/bin/python bench/corpus_peer.py INPUT TOKENIZER_JSON OUTPUT

Its blocks as their documentation chains them: ftfy, Gopher's filters, MinHash in four steps (14
bands of 8 rows, like ours), tokens. It has no language filter without a download; ours is on. The
last line is JSON: CPU seconds of each step.
"""

import json
import sys
import time
from collections.abc import Callable
from pathlib import Path

from datatrove.executor import LocalPipelineExecutor
from datatrove.pipeline.dedup import (
    MinhashDedupBuckets,
    MinhashDedupCluster,
    MinhashDedupFilter,
    MinhashDedupSignature,
)
from datatrove.pipeline.dedup.minhash import MinhashConfig
from datatrove.pipeline.filters import GopherQualityFilter, GopherRepetitionFilter
from datatrove.pipeline.formatters import FTFYFormatter
from datatrove.pipeline.readers import JsonlReader
from datatrove.pipeline.tokens import DocumentTokenizer
from datatrove.pipeline.writers import JsonlWriter

LANGUAGE = "ron"
STOP_WORDS = ["și", "de", "la", "în", "cu", "pe", "nu", "se", "a", "că", "să", "o"]
CONFIG = MinhashConfig(n_grams=5, num_buckets=14, hashes_per_bucket=8)


def pipelines(source: Path, tokenizer: Path, output: Path) -> dict[str, Callable[[], list[object]]]:
    """Return the blocks of each step; they are made only when it runs."""
    cleaned, kept = str(output / "cleaned"), str(output / "kept")
    signatures, buckets, removed = (str(output / name) for name in ("s", "b", "r"))
    return {
        "clean": lambda: [
            JsonlReader(str(source)),
            FTFYFormatter(),
            GopherRepetitionFilter(language=LANGUAGE),
            GopherQualityFilter(language=LANGUAGE, stop_words=STOP_WORDS, min_doc_words=15),
            JsonlWriter(cleaned),
        ],
        "signatures": lambda: [
            JsonlReader(cleaned),
            MinhashDedupSignature(signatures, config=CONFIG, language=LANGUAGE),
        ],
        "buckets": lambda: [MinhashDedupBuckets(signatures, buckets, config=CONFIG)],
        "clusters": lambda: [MinhashDedupCluster(buckets, removed, config=CONFIG)],
        "dedupe": lambda: [JsonlReader(cleaned), MinhashDedupFilter(removed), JsonlWriter(kept)],
        "encode": lambda: [
            JsonlReader(kept),
            DocumentTokenizer(str(output / "tokens"), str(tokenizer), shuffle_documents=False),
        ],
    }


def main() -> None:
    source, tokenizer, output = map(Path, sys.argv[1:])
    seconds = {}
    for step, blocks in pipelines(source, tokenizer, output).items():
        start = time.process_time()
        tasks = CONFIG.num_buckets if step == "buckets" else 1
        log = str(output / "logs" / step)
        LocalPipelineExecutor(blocks(), tasks=tasks, workers=1, logging_dir=log).run()
        seconds[step] = round(time.process_time() - start, 2)
    print(json.dumps(seconds))


if __name__ == "__main__":
    main()
