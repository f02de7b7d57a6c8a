"""Raw Romanian text in, a Romanian GPT-2 out: a module or folder for each stage."""

__version__ = "0.1.0"
