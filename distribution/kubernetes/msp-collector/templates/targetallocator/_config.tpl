{{/* Contrib's receiver, which alone asks a target allocator; docs/fidelity.md compares it with prometheus_scrape. */}}
{{- define "msp.targetAllocator.config" -}}
extensions:
  {{- include "msp.extensions" "0.0.0.0" | nindent 2 }}
  # The operator makes the probes of it.
  health_check:
    endpoint: 0.0.0.0:13133
  {{- include "msp.authenticator" . | nindent 2 }}

receivers:
  # The operator adds the address of the target allocator.
  prometheus:
    config:
      {{- if .Values.targetAllocator.scrapeConfigs }}
      scrape_configs:
        {{- include "msp.scrapeConfigs" .Values.targetAllocator.scrapeConfigs | nindent 8 }}
      {{- else }}
      scrape_configs: []
      {{- end }}

processors:
  {{- include "msp.memoryLimiter" . | nindent 2 }}

exporters:
  {{- include "msp.exporter" (list . .Values.targetAllocator.wal "drop_oldest") | nindent 2 }}
    {{- include "msp.externalLabels" . | nindent 4 }}

service:
  extensions: [delivery_status, health_check, accesskey_auth]
  telemetry:
    {{- include "msp.telemetry" "0.0.0.0" | nindent 4 }}
  pipelines:
    metrics:
      receivers: [prometheus]
      processors: [memory_limiter]
      exporters: [managed_prometheus]
{{- end }}
