#!/bin/sh
# Runs the collector, or the command of it that is given, on the configuration that MODE names.
set -eu
# A reload that is asked for before the collector can hear it must not end it.
trap '' HUP
if [ "$MODE" = prometheus ]; then
  set -- "$@" --config "prometheus:${MSP_PROMETHEUS_FILE:-/etc/prometheus/prometheus.yml}"
  more=/etc/msp-collector/prometheus.yaml # what the administrator adds, merged over it
  [ ! -e "$more" ] || set -- "$@" --config "$more"
else
  set -- "$@" --config "/etc/msp-collector/$MODE.yaml"
fi
exec /usr/bin/msp-collector "$@"
