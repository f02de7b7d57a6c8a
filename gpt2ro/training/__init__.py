"""Training: experiments, initial weights, the loop, checkpoints, evaluation, the model folder.

Needs only torch, transformers, tokenizers, numpy, safetensors, yacs, yaml and tensorboard, so that
it runs on machines that hold nothing else of this project.
"""

import os

# Threads that wait for each other sleep instead of spinning. On a machine that does other work too,
# spinning made a step 1.6 to 3.1 times slower (2 threads on 2 cores, docs/training.md). OpenMP
# reads this when PyTorch is imported, hence here.
os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")

# What is needed from the hub has been fetched by a step of its own, and what is wrong with given
# weights is told in a line of ours. transformers reads both when it is imported, hence here too.
os.environ.setdefault("HF_HUB_OFFLINE", "1")
os.environ.setdefault("TRANSFORMERS_VERBOSITY", "error")
