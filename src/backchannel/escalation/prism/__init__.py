"""Models in the PRISM language: read, explored, questioned; and crises written so."""
