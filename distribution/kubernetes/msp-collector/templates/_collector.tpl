{{/* What the configurations of all parts share. */}}
{{/* The status page, at an address. */}}
{{- define "msp.extensions" -}}
delivery_status:
  endpoint: {{ . }}:8686
{{- end }}

{{- define "msp.authenticator" -}}
accesskey_auth:
{{- if .Values.rrsa.roleName }}
  rrsa: {}
{{- else }}
  file:
    path: /var/run/secrets/accesskey/{{ .Values.accessKey.key }}
{{- end }}
{{- end }}

{{/* The collector's own metrics, at an address. */}}
{{- define "msp.telemetry" -}}
logs: {disable_stacktrace: true}
metrics:
  readers:
    - pull:
        exporter:
          prometheus:
            host: {{ . }}
            port: 8888
{{- end }}

{{- define "msp.memoryLimiter" -}}
memory_limiter:
  check_interval: 1s
  limit_percentage: 80
  spike_limit_percentage: 20
{{- end }}

{{/* To the destination: (list . wal whenFull), wal being the values of a part. Labels are added to what is collected here only. */}}
{{- define "msp.exporter" -}}
managed_prometheus:
  http:
    endpoint: {{ (index . 0).Values.remoteWrite.url | replace "$" "$$" | quote }}
    auth:
      authenticator: accesskey_auth
  wal:
    directory: /var/lib/msp-collector/wal
    max_size: {{ (index . 1).maxSize }}
    when_full: {{ index . 2 }}
{{- end }}

{{- define "msp.externalLabels" -}}
external_labels:
  cluster: {{ .Values.cluster | replace "$" "$$" | quote }}
{{- end }}

{{/* Prometheus's own YAML: its $ is not the collector's, but for ${env:...}. */}}
{{- define "msp.scrapeConfigs" -}}
{{ toYaml . | replace "$" "$$" | replace "$${env:" "${env:" }}
{{- end }}
