#!/bin/sh
# Writes who may do what from the environment, into memory, and starts Redis.
set -eu
umask 077
users=/tmp/users.acl

sha() { printf '%s' "$1" | sha256sum | cut -d ' ' -f 1; }

# The portal's user reads and writes all keys, and empties none of the databases nor changes settings.
cat >"$users" <<USERS
user default off
user $REDIS_USER on #$(sha "$REDIS_PASSWORD") ~* &* +@all -@admin -@dangerous +info +client|list
user health on nopass resetkeys resetchannels -@all +ping
USERS

exec docker-entrypoint.sh redis-server /etc/schoolbell/redis.conf --aclfile "$users"
