"""Queue `files`: what is made of files, and their bytes when they are gone."""
