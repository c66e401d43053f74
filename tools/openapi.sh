#!/usr/bin/env bash
# Lints the OpenAPI document that the gateway makes from the contracts: tools/openapi.sh [FILE]
# Needs a build of the gateway and `npm ci` before; FILE keeps the document. SHTP_CONFIGURATION is that of the build.
set -euo pipefail
cd "$(dirname "$0")/.."

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
document=${1:-$work/openapi.json}
# Without its launch profile: dotnet would announce it where the document goes.
dotnet run -c "${SHTP_CONFIGURATION:-Debug}" --no-build --no-launch-profile --project gateway/ShTP.Gateway -- openapi > "$document"
REDOCLY_TELEMETRY=off REDOCLY_SUPPRESS_UPDATE_NOTICE=true node_modules/.bin/redocly lint "$document" --config redocly.yaml
