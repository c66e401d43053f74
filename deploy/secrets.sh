#!/usr/bin/env bash
# Makes the secrets of a deployment in FOLDER (deploy/secrets by default), and a folder for each program with what it
# needs, one file a setting. What exists in FOLDER/kept stays, so a second run only adds what is new; the folders of the
# programs are written anew from it each time. Needs openssl.
#
# Keep a copy of FOLDER/kept at another place: a backup of the databases cannot be read without it (docs/backup.md).
set -euo pipefail
umask 077
folder=${1:-$(dirname "$0")/secrets}
# Only its owner may enter it. The files inside can be read by all, because programs in containers have another user.
mkdir -p "$folder"
chmod 700 "$folder"
folder=$(cd "$folder" && pwd)
kept=$folder/kept
mkdir -p "$kept"

# keep NAME COMMAND...: the output of the command, once.
keep() {
  local file=$kept/$1; shift
  [ -s "$file" ] && return
  "$@" >"$file.new"
  mv "$file.new" "$file"
}
# give PROGRAM KEY: standard input as this setting of the program.
give() {
  local file=$next/$1/$2
  mkdir -p "$next/$1"
  cat >"$file"
  [ -s "$file" ] || { echo "secrets.sh: no value for $2 of $1." >&2; exit 1; }
}
key() { openssl rand -base64 32 | tr -d '\n'; }
password() { openssl rand -base64 48 | tr -d '\n/+=' | cut -c 1-32 | tr -d '\n'; }
identity() { openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 | openssl pkcs8 -topk8 -nocrypt -outform DER | base64 | tr -d '\n'; }
public() { base64 -d | openssl pkey -inform DER -pubout -outform DER | base64 | tr -d '\n'; }
connection() { printf 'Host=postgres;Port=5432;Username=postgres;Password=%s;GssEncryptionMode=Disable' "$(cat "$kept/postgres-password")"; }

keep postgres-password password
# Another server: put its address, user and password here, without a database, and run this again.
keep postgres-connection connection
keep admin-password password
keep auth-key-encryption-key key
keep files-link-key key
keep events-calendar-key key
programs="auth users files achievements events notifications assignments checker gateway import"
for program in $programs; do
  keep "$program-identity-key" identity
done

next=$(mktemp -d "$folder/.next-XXXXXX")
trap 'rm -rf "$next"' EXIT
give postgres POSTGRES_PASSWORD <"$kept/postgres-password"
for caller in $programs; do
  key=$(public <"$kept/$caller-identity-key")
  for program in $programs; do
    printf %s "$key" | give "$program" "ServiceIdentity__PublicKeys__$caller"
  done
  give "$caller" ServiceIdentity__PrivateKey <"$kept/$caller-identity-key"
done
for program in auth users files achievements events notifications assignments; do
  # All of them together: migrations, backups and checks.
  for reader in "$program" databases; do
    printf '%s;Database=%sdb' "$(cat "$kept/postgres-connection")" "$program" | give "$reader" "ConnectionStrings__${program}db"
  done
done
give auth FirstAdmin__Password <"$kept/admin-password"
give auth Auth__KeyEncryptionKey <"$kept/auth-key-encryption-key"
give files Files__LinkKey <"$kept/files-link-key"
give achievements Files__LinkKey <"$kept/files-link-key"
give events Events__CalendarKey <"$kept/events-calendar-key"
# Only with files in S3: the deployment puts both there.
for setting in AccessKey SecretKey; do
  if [ -s "$kept/s3-$setting" ]; then
    give files "Files__S3__$setting" <"$kept/s3-$setting"
  fi
done

# Files are replaced, and folders stay: containers that run have them mounted.
for program in "$next"/*/; do
  name=$(basename "$program")
  mkdir -p "$folder/$name"
  chmod 755 "$folder/$name"
  chmod 444 "$program"/*
  for file in "$folder/$name"/*; do
    [ ! -e "$file" ] || [ -e "$program/$(basename "$file")" ] || rm -f "$file"
  done
  for file in "$program"/*; do
    cmp -s "$file" "$folder/$name/$(basename "$file")" || mv -f "$file" "$folder/$name/"
  done
done
echo "The secrets are in $folder. Keep a copy of $kept at another place."
echo "The first admin's password: $kept/admin-password"
