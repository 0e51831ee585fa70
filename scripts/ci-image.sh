#!/usr/bin/env bash
# Builds the images of the Dockerfile with Debian's buildah, and tries them with Debian's podman:
#
#   scripts/ci-image.sh            # as root, on Debian 12
#
# The official base image cannot be had everywhere, so one is made here that stands in for it, from
# Debian's packages, this checkout's Node and npm. Nothing is taken from or left in the machine's
# own container storage. What is missing is installed, or is a failure that names it.
#
#   DAXD_IMAGE_CACHE   where the base is kept (default: $XDG_CACHE_HOME/daxd-image)
#   DAXD_IMAGE_KEEP    set: the storage stays, and its place is printed
set -euo pipefail
cd "$(dirname "$0")/.."

readonly CACHE=${DAXD_IMAGE_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/daxd-image}
readonly SUITE=bookworm
readonly MIRROR=http://deb.debian.org/debian
# As the official image of Node 26 has it: a major of npm that installs by this lockfile.
readonly NPM=npm@11
readonly BASE=localhost/daxd-base:ci
readonly TOOLS=(buildah podman runc conmon mmdebstrap)
STORAGE=$(mktemp -d /var/tmp/daxd-image.XXXXXX)
readonly STORAGE

fail() {
  printf 'ci-image: %s\n' "$1" >&2
  exit 1
}

clean_up() {
  if [ -n "${DAXD_IMAGE_KEEP:-}" ]; then
    printf 'kept: %s\n' "$STORAGE"
    return
  fi
  local mounted
  # A build or a container that was cut short leaves its root mounted; inner mounts go first.
  findmnt --raw --noheadings --output TARGET | { grep "^$STORAGE/" || true; } | sort -r |
    while read -r mounted; do umount --lazy "$mounted"; done
  rm -rf "$STORAGE"
}

install_tools() {
  local missing=() tool
  for tool in "${TOOLS[@]}"; do
    command -v "$tool" >/dev/null || missing+=("$tool")
  done
  [ ${#missing[@]} -gt 0 ] || return 0
  echo "installing ${missing[*]}"
  {
    apt-get update
    DEBIAN_FRONTEND=noninteractive \
      apt-get install --yes --no-install-recommends "${missing[@]}"
  } >"$STORAGE/apt.log" 2>&1 || {
    tail -n 20 "$STORAGE/apt.log" >&2
    fail "cannot install ${missing[*]}"
  }
}

# Debian 12, this checkout's Node and npm, where the official image has them.
make_base_files() {
  local node=$1 tar=$2 root=$STORAGE/base
  mmdebstrap --quiet --variant=minbase --include=ca-certificates,libatomic1 \
    --dpkgopt=force-unsafe-io \
    --dpkgopt='path-exclude=/usr/share/man/*' \
    --dpkgopt='path-exclude=/usr/share/doc/*' \
    --dpkgopt='path-exclude=/usr/share/locale/*' \
    "$SUITE" "$root" "$MIRROR"
  install -D -m 755 "$node" "$root/usr/local/bin/node"
  (cd "$STORAGE" && npm pack --silent "$NPM") >"$STORAGE/npm.name"
  mkdir -p "$root/usr/local/lib/node_modules/npm"
  tar -xzf "$STORAGE/$(cat "$STORAGE/npm.name")" --strip-components=1 \
    -C "$root/usr/local/lib/node_modules/npm"
  ln -s ../lib/node_modules/npm/bin/npm-cli.js "$root/usr/local/bin/npm"
  chmod 755 "$root/usr/local/lib/node_modules/npm/bin/npm-cli.js"
  # What this machine trusts, a proxy's authority included, else npm could fetch nothing there.
  install -m 644 /etc/ssl/certs/ca-certificates.crt "$root/etc/ssl/certs/ca-certificates.crt"
  mkdir -p "$(dirname "$tar")"
  tar -C "$root" -cf "$tar.new" .
  mv "$tar.new" "$tar"
  rm -rf "$root"
}

import_base() {
  local node version tar
  node=$(npm exec --offline -- node -p process.execPath)
  version=$("$node" --version)
  [[ $version == v26.* ]] || fail "the checkout's Node is $version, not 26: npm ci is due"
  tar=$CACHE/base-$SUITE-node-$version.tar
  if [ -f "$tar" ]; then
    echo "base: $tar"
  else
    echo "base: making $tar"
    make_base_files "$node" "$tar"
  fi
  podman "${GLOBALS[@]}" import --quiet \
    --change 'ENV PATH=/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin' \
    --change 'ENV NODE_EXTRA_CA_CERTS=/etc/ssl/certs/ca-certificates.crt' \
    --change 'CMD ["node"]' "$tar" "$BASE"
}

build() {
  local target=$1 tag=$2 began=$SECONDS
  # Docker's format, since that of OCI has no HEALTHCHECK.
  buildah "${GLOBALS[@]}" bud --isolation chroot --format docker --layers --quiet \
    --build-arg "BASE=$BASE" --target "$target" --tag "$tag" . >"$STORAGE/build.log" 2>&1 || {
    tail -n 40 "$STORAGE/build.log" >&2
    fail "the target $target does not build"
  }
  echo "$tag: built in $((SECONDS - began)) s"
}

trap clean_up EXIT
[ "$(id -u)" -eq 0 ] || fail 'only root can build and run images here (overlay, chroot, runc)'
install_tools

cat >"$STORAGE/containers.conf" <<'END'
[containers]
default_ulimits = ["nofile=1024:1024", "nproc=4096:4096"]
[engine]
runtime = "runc"
cgroup_manager = "cgroupfs"
events_logger = "file"
END
export CONTAINERS_CONF=$STORAGE/containers.conf
readonly GLOBALS=(--root "$STORAGE/root" --runroot "$STORAGE/run" --storage-driver overlay)

import_base
build daxd localhost/daxd:ci
build kernel localhost/daxd:ci-kernel

export DAXD_PODMAN_GLOBALS="${GLOBALS[*]}"
export DAXD_IMAGE=localhost/daxd:ci DAXD_KERNEL_IMAGE=localhost/daxd:ci-kernel DAXD_BASE_IMAGE=$BASE
NO_COLOR=1 npm run test:image
