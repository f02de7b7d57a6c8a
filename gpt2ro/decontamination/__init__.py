"""Decontamination: train documents lose the sentences they share with held-out text."""
