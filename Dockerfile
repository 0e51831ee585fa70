# daxd in a container. Node runs the sources as they are, so nothing is built:
#
#   docker build -t daxd .
#   (umask 022; head -c 32 /dev/urandom | base64 > token)
#   sudo install -d -o 1000 -g 1000 /var/lib/daxd
#   docker run --rm --name daxd --pid=host -p 127.0.0.1:7329:7329 \
#     -v /var/lib/daxd:/var/lib/daxd -v "$PWD/token:/run/secrets/daxd-token:ro" daxd
#   curl -H "authorization: Bearer $(cat token)" http://127.0.0.1:7329/v1/regions
#
# Loopback inside a container reaches nobody, so it listens on every address of its own, and daxd
# does that only for callers it can tell: without a token file it ends with exit code 2 and says so.
# It speaks HTTP, warning of it, as the port above is published to this host alone; for more give it
# a certificate (DAXD_TLS_CERT, DAXD_TLS_KEY; docs/identity.md), and it speaks HTTPS.
# The state directory has the same path inside and outside, since answers name the files in it that
# clients open. --pid=host lets daxd see the host's processes that use its devices.
#
# Real devices need ndctl, daxio and root: `docker build --target kernel -t daxd:kernel .`, and the
# mounts and capabilities of deploy/kubernetes/base/daemonset.yaml (docs/containers.md).
ARG BASE=node:26-slim
FROM ${BASE} AS app

WORKDIR /opt/daxd
ENV NODE_ENV=production
COPY package.json package-lock.json .npmrc ./
# The package `node` fetches a second Node (150 MB) in its install script, and no other package has
# one that is needed: without scripts the base image's Node is the only one. What is left of the
# package is removed, its dangling command included.
RUN npm ci --omit=dev --ignore-scripts \
  && rm -rf node_modules/node node_modules/.bin/node \
  && npm cache clean --force \
  && ln -s /opt/daxd/src/main.ts /usr/local/bin/daxd \
  && mkdir -p /var/lib/daxd \
  && chown 1000:1000 /var/lib/daxd
COPY schemas schemas
COPY routes routes
COPY client/src client/src
COPY src src
COPY console/dist console/dist
COPY scripts/check-health.ts scripts/relay-metrics.ts scripts/

ENV DAXD_LISTEN=0.0.0.0:7329 \
    DAXD_STATE_DIR=/var/lib/daxd \
    DAXD_TOKEN_FILE=/run/secrets/daxd-token
VOLUME /var/lib/daxd
EXPOSE 7329
HEALTHCHECK --interval=10s --timeout=5s --start-period=10s CMD ["node", "scripts/check-health.ts"]
CMD ["daxd", "serve", "--insecure-no-tls"]

# What the kernel backend calls besides: ndctl for NVDIMM namespaces, daxio (pmdk-tools) for wiping.
# sysfs lets only root write, so this one is root; which capabilities root keeps is the runtime's.
FROM app AS kernel
RUN apt-get update \
  && apt-get install -y --no-install-recommends ndctl pmdk-tools \
  && rm -rf /var/lib/apt/lists/*
ENV DAXD_BACKEND=kernel

FROM app AS daxd
# By number, so that Kubernetes can tell that it is not root.
USER 1000:1000
