{{/* The gateway's configuration; gateway.yaml of the packages is its model. */}}
{{- define "msp.gateway.config" -}}
extensions:
  {{- include "msp.extensions" "0.0.0.0" | nindent 2 }}
  {{- include "msp.authenticator" . | nindent 2 }}

receivers:
  remote_write:
    http:
      endpoint: 0.0.0.0:9201
  otlp:
    protocols:
      grpc:
        endpoint: 0.0.0.0:4317
      http:
        endpoint: 0.0.0.0:4318

processors:
  {{- include "msp.memoryLimiter" . | nindent 2 }}

exporters:
  {{- include "msp.exporter" (list . .Values.gateway.wal "refuse") | nindent 2 }}

service:
  extensions: [delivery_status, accesskey_auth]
  telemetry:
    {{- include "msp.telemetry" "0.0.0.0" | nindent 4 }}
  pipelines:
    metrics:
      receivers: [remote_write, otlp]
      processors: [memory_limiter]
      exporters: [managed_prometheus]
{{- end }}
