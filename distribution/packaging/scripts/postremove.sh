#!/bin/sh
# After removal: what waits to be delivered and the AccessKey pair stay, until a deb is purged. rpm knows no purge.
set -e

if [ "$1" = purge ]; then
  rm -rf /var/lib/msp-collector
  rm -f /etc/msp-collector/accesskey.json
  rmdir /etc/msp-collector/targets /etc/msp-collector 2>/dev/null || true
  if getent passwd msp-collector >/dev/null; then
    userdel msp-collector
  fi
fi
if [ -d /run/systemd/system ]; then
  systemctl daemon-reload
fi
