#!/usr/bin/env bash
# Makes an anchor and two workload certificates (P-256, SPIFFE URI names) in the folder given.
set -euo pipefail
cd "$1"
openssl ecparam -name prime256v1 -genkey -noout -out ca.key
openssl req -x509 -new -key ca.key -subj "/O=cluster.local/CN=bench" -days 2 -out ca.pem \
  -addext basicConstraints=critical,CA:TRUE -addext keyUsage=critical,keyCertSign 2> /dev/null
for name in client server; do
  openssl ecparam -name prime256v1 -genkey -noout | openssl pkcs8 -topk8 -nocrypt -out $name.key
  openssl req -new -key $name.key -subj "/" -out $name.csr 2> /dev/null
  printf 'subjectAltName=critical,URI:spiffe://cluster.local/ns/bench/sa/%s,DNS:%s.bench\nkeyUsage=critical,digitalSignature\nextendedKeyUsage=serverAuth,clientAuth\n' $name $name > $name.ext
  openssl x509 -req -in $name.csr -CA ca.pem -CAkey ca.key -CAcreateserial -days 2 -extfile $name.ext -out $name.crt 2> /dev/null
  cat $name.crt $name.key > $name.pem
done
chmod 600 ./*.key ./*.pem
