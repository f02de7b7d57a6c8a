"""Lines that many documents of one site have, and paragraphs that several documents have."""
