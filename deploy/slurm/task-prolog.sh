#!/bin/sh
# TaskProlog= of slurm.conf: tells each task of the job what to open and mmap, as DAXD_PATH,
# DAXD_OFFSET and DAXD_LENGTH in its environment. Runs as the job's user.
set -eu
# shellcheck source=settings.sh
. "$(dirname "$0")/settings.sh"

if [ -r "$file" ]; then sed 's/^/export /' "$file"; fi
