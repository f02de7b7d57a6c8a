"""The step report: one HTML page that shows a run from the raw text to the samples."""
