"""Django's PostgreSQL backend, which lets workers know of a commit as it sets out."""
