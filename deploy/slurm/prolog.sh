#!/bin/sh
# Prolog= of slurm.conf: takes what the job asked for by --gres=dax:SIZE, before it starts. A
# repeated prolog finds the same memory. Where daxd refuses, Slurm requeues the job and drains the
# node.
set -eu
# shellcheck source=settings.sh
. "$(dirname "$0")/settings.sh"

# As in TresPerNode=gres:gpu:1,gres:dax:2G; Slurm's K, M, G and T are daxd's.
size=$(scontrol show job --oneliner "$SLURM_JOB_ID" | tr ' ,' '[\n*]' |
  sed -n 's/^\(TresPerNode=\)\{0,1\}gres[:/]dax[:=]//p' | head -n 1)
[ -n "$size" ] || exit 0

# The file comes first: by it the epilog knows that there may be something to give back.
mkdir -p "$directory"
[ -e "$file" ] || : >"$file"
exec "$daxd_claim" take "$name" "slurm job $SLURM_JOB_ID" "$size" "$file"
