"""Tokens: the byte-level BPE tokenizer, the encoding of documents, the shards of token ids."""
