#!/bin/sh
# After unpacking: deb calls it with "configure", rpm with the number of versions installed.
set -e

user=msp-collector
key=/etc/msp-collector/accesskey.json

if ! getent group "$user" >/dev/null; then
  groupadd --system "$user"
fi
if ! getent passwd "$user" >/dev/null; then
  useradd --system --gid "$user" --no-create-home --home-dir /var/lib/msp-collector --shell /usr/sbin/nologin "$user"
fi
install -d -o "$user" -g "$user" -m 0750 /var/lib/msp-collector

# An upgrade never touches the pair. The placeholder is refused in clear words until somebody replaces it.
if [ ! -e "$key" ]; then
  umask 077
  printf '{"AccessKeyId": "<accesskey-id>", "AccessKeySecret": "<accesskey-secret>"}\n' >"$key"
  chown "$user:$user" "$key"
fi

if [ -d /run/systemd/system ]; then
  systemctl daemon-reload
  systemctl try-restart msp-collector.service
fi
