#!/bin/sh
# Makes assets/certificates: what the faults tls-expired, tls-self-signed and tls-wrong-host show.
#
#   sh scripts/certificates/make.sh
#
# Needs openssl 3. The keys are published on purpose: nothing that matters may ever trust them.
set -eu
to=$(cd "$(dirname "$0")/../.." && pwd)/assets/certificates
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir -p "$to"
cd "$work"
: > index.txt
cat > ca.conf <<CONF
[ca]
default_ca = this
[this]
database = index.txt
new_certs_dir = .
rand_serial = yes
default_md = sha256
policy = any
copy_extensions = copy
[any]
commonName = supplied
CONF

newkey="-newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes"
here="subjectAltName=DNS:localhost,IP:127.0.0.1,IP:::1"

openssl req -x509 $newkey -days 36500 -subj "/CN=flaghoist faults, not to be trusted" \
  -keyout ca-key.pem -out "$to/authority.pem"
openssl req -x509 $newkey -days 36500 -subj /CN=localhost -addext "$here" \
  -keyout "$to/self-signed-key.pem" -out "$to/self-signed.pem"

# sign NAME SUBJECT-ALTERNATIVE-NAMES COMMON-NAME NOT-BEFORE NOT-AFTER
sign() {
  openssl req -new $newkey -subj "/CN=$3" -addext "$2" -keyout "$to/$1-key.pem" -out "$1.csr"
  openssl ca -batch -notext -config ca.conf -cert "$to/authority.pem" -keyfile ca-key.pem \
    -startdate "$4" -enddate "$5" -in "$1.csr" -out "$to/$1.pem"
}
sign expired "$here" localhost 20200101000000Z 20210101000000Z
sign wrong-host "subjectAltName=DNS:elsewhere.invalid" elsewhere.invalid 20200101000000Z 21200101000000Z
