#!/usr/bin/env bash
# Lints the contracts and compares them with an earlier commit: tools/protos.sh lint | breaking [REV]
# Needs a build of protos/ and `npm ci` before.
set -euo pipefail
cd "$(dirname "$0")/.."

buf=node_modules/.bin/buf
packages=${NUGET_PACKAGES:-$HOME/.nuget/packages}
version() { sed -n "s/.*Include=\"$1\" Version=\"\([^\"]*\)\".*/\1/p" Directory.Packages.props; }
tools=$packages/grpc.tools/$(version Grpc.Tools)
google_api=$packages/google.api.commonprotos/$(version Google.Api.CommonProtos)/content/protos
case "$(uname -s)-$(uname -m)" in
  Linux-x86_64) protoc=$tools/tools/linux_x64/protoc ;;
  Linux-aarch64) protoc=$tools/tools/linux_arm64/protoc ;;
  Darwin-*) protoc=$tools/tools/macosx_x64/protoc ;;
  *) echo "no protoc for $(uname -s)-$(uname -m) in Grpc.Tools" >&2; exit 2 ;;
esac

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# compile DIR OUT: the descriptor set of the contracts in DIR.
compile() {
  (cd "$1" && "$protoc" --descriptor_set_out="$2" --include_imports --include_source_info \
    -I . -I "$google_api" -I "$tools/build/native/include" \
    $(find shtp -name '*.proto' | sort))
}

compile protos "$work/now.binpb"
case "${1:-lint}" in
  lint)
    "$buf" lint "$work/now.binpb" --config buf.yaml
    ;;
  breaking)
    base=${2:-$(git merge-base HEAD origin/main 2>/dev/null || git rev-parse HEAD)}
    if [ "$base" = "$(git rev-parse HEAD)" ]; then
      base=$(git rev-parse --verify --quiet HEAD^) || { echo "the first commit has nothing to break"; exit 0; }
    fi
    mkdir "$work/base"
    git archive "$base" protos 2>/dev/null | tar -x -C "$work/base" || { echo "no contracts in $base"; exit 0; }
    compile "$work/base/protos" "$work/base.binpb"
    "$buf" breaking "$work/now.binpb" --against "$work/base.binpb" --config buf.yaml
    ;;
  *)
    echo "usage: tools/protos.sh lint | breaking [REV]" >&2
    exit 2
    ;;
esac
