#!/bin/sh
# Makes what compose.yaml asks for: secrets in deploy/secrets/, and deploy/settings.env with
# the name that clients know.
#   sh deploy/compose/prepare.sh play.example.org
# Whatever is there already stays as it is. The certificate vouches for itself: put a real one, chain and key in one file, in
# its place.
set -eu
name=${1:?say under which name clients will reach the server, such as play.example.org}
cd "$(dirname "$0")/../.."
secrets=deploy/secrets
umask 077
mkdir -p "$secrets"

# keep FILE COMMAND…: what the command prints, unless the file is there. The folder is closed to others; the files are not,
# because the users that read them in the containers have no name here.
keep() {
  file=$secrets/$1
  shift
  if [ -s "$file" ]; then return; fi
  "$@" > "$file.part"
  chmod 444 "$file.part"
  mv "$file.part" "$file"
  echo "made $file"
}
random() { openssl rand -hex 32; }
self_signed() {
  openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 365 -keyout - -out - \
    -subj "/CN=$name" -addext "subjectAltName=DNS:$name" 2> /dev/null
}

for one in redis_password database_password admin_token turn_secret; do keep $one random; done
keep redis_url printf 'redis://:%s@redis:6379\n' "$(cat $secrets/redis_password)"
keep database_url printf 'postgres://rendezvous:%s@postgres/rendezvous\n' "$(cat $secrets/database_password)"
keep certificate.pem self_signed

settings=deploy/settings.env
if [ ! -e $settings ]; then
  cat > $settings << END
# Settings of the nodes of compose.yaml. All there are: README.md.
PUBLIC_URL=https://$name
STUN_URLS=stun:$name:3478
TURN_URLS=turn:$name:3478?transport=udp,turn:$name:3478?transport=tcp
# open: whoever reaches the port may use it. docs/access.md says what token takes.
AUTH_MODE=open
END
  echo "made $settings"
fi
