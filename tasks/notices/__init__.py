"""Queue `notices`: what people are told in the portal."""
