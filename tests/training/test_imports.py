"""What the training needs: GPU machines have PyTorch and its company, and little else."""

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]

# None in sys.modules makes a package absent: these are dependencies that a GPU machine may lack.
PROBE = """
import os, sys

absent = "orjson zstandard xxhash pyarrow ftfy snakemake jsonschema gpt2ro._native"
for name in absent.split():
    sys.modules[name] = None
import gpt2ro.training.run, gpt2ro.training.config
import huggingface_hub.constants, transformers
print(os.environ["OMP_WAIT_POLICY"])
print(huggingface_hub.constants.HF_HUB_OFFLINE)
print(transformers.logging.get_verbosity() == transformers.logging.ERROR)
"""


def test_training_imports_without_the_libraries_of_the_corpus_stages_and_asks_no_hub() -> None:
    # Other tests have imported it, which leaves its settings in the environment.
    own = ("OMP_WAIT_POLICY", "HF_HUB_OFFLINE", "TRANSFORMERS_VERBOSITY")
    done = subprocess.run(
        [sys.executable, "-c", PROBE],
        cwd=ROOT,
        env={name: value for name, value in os.environ.items() if name not in own},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.split() == ["PASSIVE", "True", "True"]


def test_help_of_the_scripts_loads_no_heavy_library() -> None:
    for name in ("train", "convert", "parity"):
        script = ROOT / "workflow" / "scripts" / f"{name}.py"
        code = (
            f"import runpy, sys; sys.argv = ['x', '--help']\n"
            f"try: runpy.run_path({str(script)!r}, run_name='__main__')\n"
            "except SystemExit: pass\n"
            "assert 'torch' not in sys.modules\n"
        )
        done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
        assert done.returncode == 0, done.stderr
