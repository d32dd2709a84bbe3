{{/* Parts of the pods. Probes go to a host, to the pod's address when it is empty; readiness is each part's own. */}}
{{- define "msp.probes" -}}
startupProbe:
  httpGet: {path: /live, port: status{{ with . }}, host: {{ . }}{{ end }}}
  periodSeconds: 2
  failureThreshold: 60
livenessProbe:
  httpGet: {path: /live, port: status{{ with . }}, host: {{ . }}{{ end }}}
  periodSeconds: 10
  failureThreshold: 6
{{- end }}

{{- define "msp.containerSecurity" -}}
allowPrivilegeEscalation: false
readOnlyRootFilesystem: true
capabilities:
  drop: [ALL]
{{- end }}

{{- define "msp.keyMount" -}}
{{- if .Values.accessKey.secretName -}}
- name: accesskey
  mountPath: /var/run/secrets/accesskey
  readOnly: true
{{- end }}
{{- end }}

{{- define "msp.keyVolume" -}}
{{- if .Values.accessKey.secretName -}}
- name: accesskey
  secret:
    secretName: {{ .Values.accessKey.secretName }}
    defaultMode: 0400
    # Without it, data wait in the write-ahead log, and the status page and an alert say what is missing.
    optional: true
{{- end }}
{{- end }}

{{/* (list . delivers): a part that delivers by itself may have the RAM role. */}}
{{- define "msp.serviceAccountAnnotations" -}}
{{- $values := (index . 0).Values -}}
{{- $annotations := $values.serviceAccount.annotations -}}
{{- if and (index . 1) $values.rrsa.roleName -}}
{{- $annotations = merge (dict "pod-identity.alibabacloud.com/role-name" $values.rrsa.roleName) $annotations -}}
{{- end -}}
{{- with $annotations -}}
annotations:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- end }}

{{/* Where pods go: the values of a part. */}}
{{- define "msp.placement" -}}
{{- with .nodeSelector }}
nodeSelector:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .affinity }}
affinity:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .tolerations }}
tolerations:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .priorityClassName }}
priorityClassName: {{ . }}
{{- end }}
{{- end }}

{{/* The volume of a replica's write-ahead log: the values `wal` of a part. */}}
{{- define "msp.walClaim" -}}
- metadata:
    name: wal
  spec:
    accessModes: [ReadWriteOnce]
    {{- with .storageClassName }}
    storageClassName: {{ . }}
    {{- end }}
    resources:
      requests:
        storage: {{ .size }}
{{- end }}
