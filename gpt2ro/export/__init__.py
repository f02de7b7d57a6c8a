"""Export: the deploy folder for the Rust binary, and the proof that the binary agrees."""
