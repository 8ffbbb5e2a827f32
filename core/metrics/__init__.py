"""What is counted while it happens: the table of metrics, and the few words that record them."""
