#!/bin/sh
# Makes what is in this folder, with OpenSSL 3: an authority, two clients of it, and its lists of what it has revoked: nothing, and the second client. All of it counts from 2020 to 2120.
set -eu
cd "$(dirname "$0")"
work=$(mktemp -d)
trap 'rm -r "$work"' EXIT
from=20200101000000Z
to=21200101000000Z
cat > "$work/config" <<END
[ca]
default_ca=own
[own]
database=$work/index
new_certs_dir=$work
rand_serial=yes
default_md=sha256
policy=names
[names]
commonName=supplied
[authority]
basicConstraints=critical,CA:true
[client]
basicConstraints=CA:false
END
: > "$work/index"
request() { openssl req -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -keyout "$1" -out "$work/csr" -subj "/CN=$2"; }
sign() { openssl ca -batch -notext -config "$work/config" -in "$work/csr" -keyfile "$work/ca.key" -startdate "$from" -enddate "$to" "$@"; }
list() { openssl ca -config "$work/config" -cert ca.pem -keyfile "$work/ca.key" -gencrl -crl_lastupdate "$from" -crl_nextupdate "$to" -out "$1"; }
request "$work/ca.key" 'Ropewalk clients'
sign -selfsign -extensions authority -out ca.pem
for name in good revoked; do
  request "$name.key" "$name.example"
  sign -cert ca.pem -extensions client -out "$name.pem"
done
list nothing.crl
sed -i '/revoked\.example/s/^V\t\([^\t]*\)\t/R\t\1\t200101000000Z/' "$work/index"
list revoked.crl
