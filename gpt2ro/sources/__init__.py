"""Sources: the catalogue, downloads, and the readers that turn files into documents."""
