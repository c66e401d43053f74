#!/usr/bin/env bash
# Publishes all programs of ShTP into FOLDER, each into one of its own, compiled ahead of time for this machine's
# processor. Needs the .NET SDK. The Containerfile runs it; it serves an installation without containers as well.
set -euo pipefail
[ $# -eq 1 ] || { echo "Use: deploy/publish.sh FOLDER" >&2; exit 2; }
mkdir -p "$1"
out=$(cd "$1" && pwd)
cd "$(dirname "$0")/.."
export DOTNET_NOLOGO=1 DOTNET_CLI_TELEMETRY_OPTOUT=1 MSBUILDDISABLENODEREUSE=1

for project in services/{Auth,Users,Files,Achievements,Events,Notifications,Assignments,Checker} gateway/ShTP.Gateway tools/ShTP.{Backup,Import,Verify}; do
  name=${project##*/}
  name=${name#ShTP.}
  echo "== $name"
  rm -rf "${out:?}/$name"
  # Each library is compiled once, for all programs (publish.targets), and so is our own code.
  dotnet publish "$project" -c Release --use-current-runtime --self-contained false -o "$out/$name" -v quiet -p:ArtifactsPath="$PWD/artifacts/publish" \
    -p:RunAnalyzers=false -p:NuGetAudit=false -p:CompileAhead=true -p:CustomAfterMicrosoftCommonTargets="$PWD/deploy/publish.targets" -p:UseAppHost=false -p:DebugType=none \
    -p:PublishDocumentationFile=false -p:PublishReferencesDocumentationFiles=false
done
cp deploy/image/* "$out/"
chmod 755 "$out"/migrate "$out"/healthy
chmod -R a+rX "$out"

# Most libraries are the same in all programs: one file with several names takes the room of one.
declare -A first
while IFS= read -r -d '' file; do
  sum=$(sha256sum "$file")
  sum=${sum%% *}
  if [ -n "${first[$sum]:-}" ]; then
    ln -f "${first[$sum]}" "$file"
  else
    first[$sum]=$file
  fi
done < <(find "$out" -type f -name '*.dll' -print0)
