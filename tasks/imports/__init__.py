"""Queue `imports`: files of people, looked through and carried out."""
