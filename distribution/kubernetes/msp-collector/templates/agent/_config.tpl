{{/* The agent's configuration; agent.yaml of the packages is its model. */}}
{{- define "msp.agent.config" -}}
{{- $toGateway := eq .Values.agent.sendTo "gateway" -}}
extensions:
  {{- include "msp.extensions" . | nindent 2 }}
{{- if not $toGateway }}
  {{- include "msp.authenticator" . | nindent 2 }}
{{- end }}

receivers:
  prometheus_scrape:
    config:
      global:
        scrape_interval: {{ .Values.agent.scrapeInterval }}
      scrape_configs:
        {{- include "msp.agent.scrapes" . | nindent 8 }}
{{- if .Values.agent.hostMetrics.enabled }}
  host_metrics:
    collection_interval: {{ .Values.agent.scrapeInterval }}
    root_path: /hostfs
    scrapers:
      cpu: {}
      disk: {}
      filesystem: {}
      load: {}
      memory: {}
{{- if .Values.agent.hostNetwork }}
      network: {}
{{- end }}
      paging: {}
      processes: {}
{{- end }}

processors:
  {{- include "msp.memoryLimiter" . | nindent 2 }}
{{- if .Values.agent.hostMetrics.enabled }}
  # The labels job and instance of host metrics.
  resource/host:
    attributes:
      - {key: service.name, value: host, action: insert}
      - {key: service.instance.id, value: "${env:NODE_NAME}", action: insert}
{{- end }}

exporters:
{{- if $toGateway }}
  managed_prometheus:
    http:
      endpoint: http://{{ include "msp.name" (list . "gateway") }}.{{ .Release.Namespace }}:9201/api/v1/write
    wal:
      directory: /var/lib/msp-collector/wal
      max_size: {{ .Values.agent.wal.maxSize }}
    external_labels:
      cluster: {{ .Values.cluster | replace "$" "$$" | quote }}
{{- else }}
  {{- include "msp.exporter" (list . .Values.agent.wal "drop_oldest") | nindent 2 }}
{{- end }}

service:
  extensions: [delivery_status{{ if not $toGateway }}, accesskey_auth{{ end }}]
  telemetry:
    {{- include "msp.telemetry" . | nindent 4 }}
  pipelines:
    metrics/scrape:
      receivers: [prometheus_scrape]
      processors: [memory_limiter]
      exporters: [managed_prometheus]
{{- if .Values.agent.hostMetrics.enabled }}
    metrics/host:
      receivers: [host_metrics]
      processors: [memory_limiter, resource/host]
      exporters: [managed_prometheus]
{{- end }}
{{- end }}
