"""In which language people are spoken to: dates, and the catalogue of texts."""
