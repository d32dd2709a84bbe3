{{/* What cannot deliver is refused, with the value to set. */}}
{{- define "msp.checks" -}}
{{- if not .Values.remoteWrite.url }}
{{- fail "remoteWrite.url is missing: set it to the remote write URL from the Settings tab of the instance" }}
{{- end }}
{{- if and .Values.accessKey.secretName .Values.rrsa.roleName }}
{{- fail "accessKey.secretName and rrsa.roleName are both set: keep the one that may write" }}
{{- end }}
{{- if not (or .Values.accessKey.secretName .Values.rrsa.roleName) }}
{{- fail "nobody to write as: set accessKey.secretName to a Secret with the AccessKey pair, or rrsa.roleName to a RAM role" }}
{{- end }}
{{- if not (or .Values.agent.enabled .Values.gateway.enabled .Values.targetAllocator.enabled) }}
{{- fail "nothing to install: set agent.enabled, gateway.enabled or targetAllocator.enabled" }}
{{- end }}
{{- if not .Values.image.repository }}
{{- fail "image.repository is missing: no registry has the image, push what `make image` makes to one of yours and name it here" }}
{{- end }}
{{- if and .Values.agent.enabled (eq .Values.agent.sendTo "gateway") (not .Values.gateway.enabled) }}
{{- fail "agent.sendTo is gateway, but there is none: set gateway.enabled" }}
{{- end }}
{{- with .Values.gateway.autoscaling }}
{{- if and $.Values.gateway.enabled .enabled (gt (int .minReplicas) (int .maxReplicas)) }}
{{- fail (printf "gateway.autoscaling.minReplicas is %v, more than maxReplicas, %v: raise maxReplicas" .minReplicas .maxReplicas) }}
{{- end }}
{{- end }}
{{- range $part := list "gateway" "targetAllocator" }}
{{- with index $.Values $part }}
{{- if and .enabled (gt (include "msp.bytes" .wal.maxSize | int64) (include "msp.bytes" .wal.size | int64)) }}
{{- fail (printf "%s.wal.maxSize is %s, but the volume has %s: lower it to a tenth below the volume, or raise %s.wal.size before the volumes are made" $part .wal.maxSize .wal.size $part) }}
{{- end }}
{{- end }}
{{- end }}
{{- with .Values.targetAllocator }}
{{- if and .enabled (not .prometheusCR.enabled) (not .scrapeConfigs) }}
{{- fail "targetAllocator has nothing to divide, which the operator refuses: set targetAllocator.prometheusCR.enabled, or jobs in targetAllocator.scrapeConfigs" }}
{{- end }}
{{- end }}
{{- end }}

{{/* A size as a number of bytes: 9GiB as the collector writes it, 10Gi as Kubernetes does. */}}
{{- define "msp.bytes" -}}
{{- $factor := index (dict "" 1 "K" 1024 "M" 1048576 "G" 1073741824 "T" 1099511627776) (regexFind "[KMGT]" .) -}}
{{- mulf (regexFind "^[0-9.]+" . | float64) $factor | int64 -}}
{{- end }}
