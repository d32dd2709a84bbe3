{{/* The agent's configuration; agent.yaml of the packages is its model. */}}
{{- define "msp.agent.config" -}}
{{- $toGateway := eq .Values.agent.sendTo "gateway" -}}
{{- /* On the node's own network, what asks for no authentication is for the node alone, but for metrics that a PodMonitor wants. */ -}}
{{- $status := ternary "127.0.0.1" "0.0.0.0" .Values.agent.hostNetwork -}}
{{- $metrics := ternary "0.0.0.0" $status .Values.monitoring.podMonitor.enabled -}}
extensions:
  {{- include "msp.extensions" $status | nindent 2 }}
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
      filesystem:
        # The mounts of pods: series that come and go with them.
        exclude_mount_points:
          match_type: regexp
          mount_points:
            - ^/var/lib/(kubelet|containerd|containers?|docker)/.+
            - ^(/var)?/run/(containerd|docker|netns)/.+
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
{{- else }}
  {{- include "msp.exporter" (list . .Values.agent.wal "drop_oldest") | nindent 2 }}
{{- end }}
    {{- include "msp.externalLabels" . | nindent 4 }}

service:
  extensions: [delivery_status{{ if not $toGateway }}, accesskey_auth{{ end }}]
  telemetry:
    {{- include "msp.telemetry" $metrics | nindent 4 }}
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
