# shellcheck shell=sh disable=SC2034
# What prolog, task-prolog and epilog have in common. Slurm sets no search path for them.
PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
export PATH

# Site settings, as in DAXD_SHARE=slurm; what deploy/bin/daxd-claim knows.
settings=${DAXD_SLURM_SETTINGS:-/etc/daxd/slurm.env}
if [ -r "$settings" ]; then
  set -a
  # shellcheck disable=SC1090
  . "$settings"
  set +a
fi

daxd_claim=$(dirname "$0")/../bin/daxd-claim
directory=${DAXD_SLURM_DIRECTORY:-/run/daxd-slurm}
name=slurm-${SLURM_CLUSTER_NAME:-cluster}-$SLURM_JOB_ID
file=$directory/$SLURM_JOB_ID.env
DAXD_OWNER=${SLURM_JOB_UID:-0}:${SLURM_JOB_GID:-0}
export DAXD_OWNER
