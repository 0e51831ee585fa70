#!/bin/sh
# The guest's first process: mounts, modules, network, then the agent for ever.
# /dev/vda is this root, vdb daxd's own tree (read-only), vdc the state that outlives a reboot.
export PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/tmp
# Stripping types and compiling take seconds in an emulated machine.
export NODE_COMPILE_CACHE=/state/rig/compile-cache
mount -t proc proc /proc
mount -t sysfs sys /sys
mount -t devtmpfs dev /dev
mount -t tmpfs run /run
mount -t tmpfs tmp /tmp
mkdir -p /dev/pts /dev/shm
mount -t ext4 -o ro /dev/vdb /app
mount -t ext4 /dev/vdc /state
modprobe -a virtio_net libnvdimm nfit nd_pmem dax_pmem device_dax dax_hmem nd_e820
ifconfig lo 127.0.0.1 up
ifconfig eth0 10.0.2.15 netmask 255.255.255.0 up
while true; do
  node /app/test/kernel/guest/agent.ts
  sleep 1
done
