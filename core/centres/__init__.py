"""What a centre is called, how it looks, and where its clocks stand."""
