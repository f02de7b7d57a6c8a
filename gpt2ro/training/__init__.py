"""Training: experiments, initial weights, the loop, checkpoints, evaluation, the model folder.

Needs only torch, transformers, tokenizers, numpy, safetensors, yacs, yaml and tensorboard, so that
it runs on machines that hold nothing else of this project.
"""
