{{/*
Names and labels. All take (list . "agent"), the root and the part. A StatefulSet labels its pods with its name and a revision, "-" and
up to ten digits, in the 63 characters of a label: the longest name, <base>-scraper-collector, which the operator makes, leaves 34 for
the base.
*/}}
{{- define "msp.name" -}}
{{- $root := index . 0 -}}
{{- $base := ternary $root.Release.Name (printf "%s-%s" $root.Release.Name $root.Chart.Name) (contains $root.Chart.Name $root.Release.Name) -}}
{{- printf "%s-%s" ($base | trunc 34 | trimSuffix "-") (index . 1) -}}
{{- end }}

{{- define "msp.selector" -}}
app.kubernetes.io/name: msp-collector
app.kubernetes.io/instance: {{ (index . 0).Release.Name }}
app.kubernetes.io/component: {{ index . 1 }}
{{- end }}

{{- define "msp.labels" -}}
{{ include "msp.selector" . }}
app.kubernetes.io/version: {{ (index . 0).Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ (index . 0).Release.Service }}
helm.sh/chart: {{ printf "%s-%s" (index . 0).Chart.Name (index . 0).Chart.Version }}
{{- end }}

{{/* The label app.kubernetes.io/instance that the operator gives the scrapers in place of ours: namespace and name, in 63 characters. */}}
{{- define "msp.scraperInstance" -}}
{{- $name := include "msp.name" (list . "scraper") -}}
{{- printf "%s.%s" (.Release.Namespace | trunc (sub 62 (len $name) | int)) $name -}}
{{- end }}

{{- define "msp.image" -}}
{{ .Values.image.repository }}:{{ .Values.image.tag | default .Chart.AppVersion }}
{{- end }}
