"""One module per golden file, each with `write(folder) -> path`."""
