#!/usr/bin/env bash
# Puts the secrets of deploy/secrets.sh into a cluster: a Secret for each folder. Use: secrets.sh [FOLDER [NAMESPACE]]
set -euo pipefail
folder=${1:-$(dirname "$0")/../secrets}
namespace=${2:-shtp}
kubectl create namespace "$namespace" --dry-run=client --output yaml | kubectl apply -f -
for program in "$folder"/*/; do
  name=$(basename "$program")
  # What they are made from stays here.
  [ "$name" = kept ] && continue
  kubectl create secret generic "$name" --namespace "$namespace" --from-file="$program" --dry-run=client --output yaml | kubectl apply -f -
done
