"""The send ledger: what became of each mail."""
