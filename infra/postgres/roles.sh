#!/bin/sh
# Makes the roles and the database; the image runs it where the cluster is new. For new passwords run it
# again: docker-compose exec postgres /docker-entrypoint-initdb.d/roles.sh
set -eu
export PGUSER="$POSTGRES_USER" PGDATABASE=postgres
exec psql -X -q -f /etc/schoolbell/postgres/roles.sql
