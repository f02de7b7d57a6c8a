"""Decontamination: train documents lose the lines they share with held-out text."""
