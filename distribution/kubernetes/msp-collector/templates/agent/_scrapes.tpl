{{/* What the agent of a node scrapes: itself, the kubelet, the annotated pods of its node, and what the values name. */}}
{{- define "msp.agent.scrapes" -}}
- job_name: msp-collector
  static_configs:
    - targets: ["localhost:8888"]
  relabel_configs:
    - {target_label: instance, replacement: "${env:NODE_NAME}"}
{{- if .Values.agent.kubelet.enabled }}
{{- range $name, $path := dict "kubelet" "/metrics" "kubelet-cadvisor" "/metrics/cadvisor" }}
- job_name: {{ $name }}
  scheme: https
  metrics_path: {{ $path }}
  authorization:
    credentials_file: /var/run/secrets/kubernetes.io/serviceaccount/token
  tls_config:
    ca_file: /var/run/secrets/kubernetes.io/serviceaccount/ca.crt
    insecure_skip_verify: {{ $.Values.agent.kubelet.insecureSkipVerify }}
  static_configs:
    - targets: ["${env:NODE_IP}"]
  relabel_configs:
    - {source_labels: [__address__], regex: "([^:]+)", target_label: __address__, replacement: "$$1:10250"}
    - {source_labels: [__address__], regex: "(.*:.*:.*)", target_label: __address__, replacement: "[$$1]:10250"}
    - {target_label: instance, replacement: "${env:NODE_NAME}"}
    - {target_label: node, replacement: "${env:NODE_NAME}"}
    # One job with two paths, as dashboards for Kubernetes expect it.
    - {target_label: job, replacement: kubelet}
    - {source_labels: [__metrics_path__], target_label: metrics_path}
{{- end }}
{{- end }}
{{- if .Values.agent.annotatedPods.enabled }}
- job_name: kubernetes-pods
  kubernetes_sd_configs:
    - role: pod
      selectors:
        - {role: pod, field: "spec.nodeName=${env:NODE_NAME}"}
  relabel_configs:
    - {source_labels: [__meta_kubernetes_pod_annotation_prometheus_io_scrape], regex: "true", action: keep}
    - {source_labels: [__meta_kubernetes_pod_phase], regex: Pending|Succeeded|Failed, action: drop}
    - {source_labels: [__meta_kubernetes_pod_container_init], regex: "true", action: drop}
    - {source_labels: [__meta_kubernetes_pod_annotation_prometheus_io_scheme], regex: "(https?)", target_label: __scheme__}
    - {source_labels: [__meta_kubernetes_pod_annotation_prometheus_io_path], regex: "(.+)", target_label: __metrics_path__}
    - {source_labels: [__meta_kubernetes_pod_annotation_prometheus_io_port, __meta_kubernetes_pod_ip], regex: "(\\d+);([^:]+)", target_label: __address__, replacement: "$$2:$$1"}
    - {source_labels: [__meta_kubernetes_pod_annotation_prometheus_io_port, __meta_kubernetes_pod_ip], regex: "(\\d+);(.*:.*)", target_label: __address__, replacement: "[$$2]:$$1"}
    - {source_labels: [__meta_kubernetes_namespace], target_label: namespace}
    - {source_labels: [__meta_kubernetes_pod_name], target_label: pod}
    - {source_labels: [__meta_kubernetes_pod_node_name], target_label: node}
    # Collectors are the same ones after their pods are replaced: the alert MSPCollectorSilent goes by instance.
    - {source_labels: [__meta_kubernetes_pod_label_app_kubernetes_io_name, __meta_kubernetes_pod_name], regex: msp-collector;(.+), target_label: instance}
    - {source_labels: [__meta_kubernetes_pod_label_app_kubernetes_io_name, __meta_kubernetes_pod_label_app_kubernetes_io_component, __meta_kubernetes_pod_node_name], regex: msp-collector;agent;(.+), target_label: instance}
{{- end }}
{{- with .Values.agent.scrapeConfigs }}
{{ include "msp.scrapeConfigs" . }}
{{- end }}
{{- end }}
