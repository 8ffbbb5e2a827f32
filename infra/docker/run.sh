#!/bin/sh
# TABLE: what each kind of container runs. `run.sh worker email,notices`
set -eu

export ALIVE_FILE=/tmp/alive

case "$1" in
web)
  # Bodies are written down while they come: on the disk of the media, as /tmp is memory.
  export TMPDIR="$MEDIA_DIR/incoming"
  exec python -m consumers.server --host 0.0.0.0 --port 8000
  ;;
worker)
  export PROMETHEUS_MULTIPROC_DIR=/tmp/metrics # where its processes count
  exec python -m tasks worker --queues "$2" -n "$(echo "$2" | tr , -)@%h" \
    --concurrency "${WORKER_CONCURRENCY:-2}" --without-gossip --without-mingle -E \
    --loglevel "${LOG_LEVEL:-INFO}"
  ;;
relay)
  exec python -m tasks.relay
  ;;
beat)
  exec python -m tasks beat -S schedules.scheduler:SlotScheduler --pidfile= --schedule /tmp/beat \
    --loglevel "${LOG_LEVEL:-INFO}"
  ;;
flower)
  # Nobody reaches it but nginx, which has asked the portal who may.
  export FLOWER_UNAUTHENTICATED_API=true
  exec celery --quiet -A tasks.app flower --address=0.0.0.0 --port=5555 --url-prefix=flower \
    --persistent=True --db=/srv/flower/flower --state-save-interval=60000 --max-tasks=10000
  ;;
migrate)
  exec python manage.py migrate --noinput
  ;;
static)
  # Names follow content: what pages of an older release still ask for stays.
  exec cp -R --no-preserve=mode,ownership,timestamps --no-clobber static/. /srv/static
  ;;
mail)
  exec python -m infra.local.smtp --host 0.0.0.0 --port 25 --mailbox /srv/mailbox
  ;;
*)
  exec "$@"
  ;;
esac
