"""TABLE: how a document is written in each format."""
