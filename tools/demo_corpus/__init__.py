"""Builds the embedded demo corpus in the formats of real sources, with planted faults."""
