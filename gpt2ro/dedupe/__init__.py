"""Deduplication: signatures per part, clusters and splits over all parts, decisions applied."""
