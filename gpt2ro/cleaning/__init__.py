"""Cleaning: repairs change a text, filters judge it, and one loop keeps the books."""
