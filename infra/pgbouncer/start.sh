#!/bin/sh
# Writes PgBouncer's settings from the environment, into memory, and starts it.
set -eu
umask 077
folder=/tmp

quote() { printf '%s' "$1" | sed 's/"/""/g'; }

# More clients than this wait in their own connect, and give up there.
cat >"$folder/pgbouncer.ini" <<SETTINGS
[databases]
$DB_NAME = host=${POSTGRES_HOST:-postgres} port=${POSTGRES_PORT:-5432} dbname=$DB_NAME

[pgbouncer]
listen_addr = 0.0.0.0
listen_port = 6432
unix_socket_dir =
auth_type = scram-sha-256
auth_file = $folder/users.txt
admin_users = $PGBOUNCER_USER
stats_users = $PGBOUNCER_USER

pool_mode = transaction
default_pool_size = ${PGBOUNCER_POOL_SIZE:-25}
reserve_pool_size = 5
reserve_pool_timeout = 1
max_client_conn = ${PGBOUNCER_MAX_CLIENTS:-1000}

# A client waits for a connection this long at most; an action that cannot have one says so (seconds).
query_wait_timeout = 10
# After PostgreSQL was away the next try comes soon (seconds; 15 by default).
server_login_retry = 1
server_connect_timeout = 5
server_check_delay = 10
server_idle_timeout = 300
tcp_keepalive = 1
tcp_keepidle = 30
tcp_keepintvl = 5
tcp_keepcnt = 3
# On SIGTERM by SIGINT's way: transactions end, then it goes.
ignore_startup_parameters = extra_float_digits
log_connections = 0
log_disconnections = 0
SETTINGS

cat >"$folder/users.txt" <<USERS
"$DB_USER" "$(quote "$DB_PASSWORD")"
"$PGBOUNCER_USER" "$(quote "$PGBOUNCER_PASSWORD")"
USERS

exec pgbouncer "$folder/pgbouncer.ini"
