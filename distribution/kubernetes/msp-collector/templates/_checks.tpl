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
{{- if and .Values.agent.enabled (eq .Values.agent.sendTo "gateway") (not .Values.gateway.enabled) }}
{{- fail "agent.sendTo is gateway, but there is none: set gateway.enabled" }}
{{- end }}
{{- end }}
