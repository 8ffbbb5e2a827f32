#!/bin/sh
# Where nginx finds the certificate: /tmp/tls. Yours, from /etc/nginx/tls, or one for trying.
set -eu

given=/etc/nginx/tls
used=/tmp/tls
name=${SERVER_NAME%% *}

if [ -e "$given/fullchain.pem" ] || [ -e "$given/privkey.pem" ]; then
  for file in fullchain.pem privkey.pem; do
    if [ ! -r "$given/$file" ]; then
      echo "nginx cannot read $given/$file: it needs both, readable for user $(id -u)." >&2
      exit 1
    fi
  done
  rm -rf "$used"
  ln -s "$given" "$used"  # a renewed one counts after `nginx -s reload`
  exit 0
fi
if [ -s "$used/privkey.pem" ]; then
  exit 0
fi
if ! command -v openssl >/dev/null; then
  echo "There is no certificate in $given, and no openssl to make one for trying." >&2
  exit 1
fi
case $name in
  *[!0-9.]*) kind=DNS ;;
  *) kind=IP ;;
esac
mkdir -p "$used"
umask 077
openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 365 \
  -subj "/CN=$name" -addext "subjectAltName=$kind:$name" \
  -keyout "$used/privkey.pem" -out "$used/fullchain.pem" 2>/dev/null
echo "######## NO CERTIFICATE IN $given: ONE FOR TRYING WAS MADE FOR $name ########" >&2
