#!/bin/sh
# Epilog= of slurm.conf: gives the job's memory back, however the job ended. A job without memory,
# or one whose memory is gone already, is no error.
set -eu
# shellcheck source=settings.sh
. "$(dirname "$0")/settings.sh"

[ -e "$file" ] || exit 0
exec "$daxd_claim" release "$name" "$file"
