#!/bin/sh
# Before removal: deb calls it with "remove" or "upgrade", rpm with the number of versions that stay.
set -e

case "$1" in
remove | 0)
  if [ -d /run/systemd/system ]; then
    systemctl disable --now msp-collector.service
  fi
  ;;
esac
