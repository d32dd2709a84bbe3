package kubernetes

import "slices"

// A change of one value, what must be set for it to matter, and what must change along with it.
type change struct {
	to   string // JSON
	with []string
	and  []string
}

// values are what the chart is rendered with after the change.
func (c change) values(key string) []string {
	return slices.Concat(c.with, c.and, []string{key + "=" + c.to})
}

var (
	gateway   = []string{"gateway.enabled=true"}
	scaling   = []string{"gateway.enabled=true", "gateway.autoscaling.enabled=true"}
	allocator = []string{"targetAllocator.enabled=true"}
	scrape    = `[{"job_name":"own","static_configs":[{"targets":["${env:NODE_IP}:9100"]}],"relabel_configs":[{"source_labels":["a"],"target_label":"b","replacement":"$1"}]}]`
	merged    = `{"exporters":{"managed_prometheus":{"external_labels":{"team":"shop"}}}}`
	placement = `{"nodeAffinity":{"requiredDuringSchedulingIgnoredDuringExecution":{"nodeSelectorTerms":[{"matchExpressions":[{"key":"kubernetes.io/arch","operator":"In","values":["arm64"]}]}]}}}`
	volumes   = `[{"name":"more","secret":{"secretName":"more"}}]`
	mounts    = `[{"name":"more","mountPath":"/var/run/secrets/more","readOnly":true}]`
	variables = `[{"name":"HTTPS_PROXY","value":"http://proxy.example:3128"}]`
	tolerated = `[{"key":"dedicated","operator":"Equal","value":"monitoring","effect":"NoSchedule"}]`
)

// changes has one entry for each value of values.yaml.
var changes = map[string]change{
	"remoteWrite.url":            {to: `"http://other.example/a$b"`},
	"accessKey.secretName":       {to: `"other"`},
	"accessKey.key":              {to: `"pair"`},
	"rrsa.roleName":              {to: `"metrics-writer"`, and: []string{`accessKey.secretName=""`}},
	"cluster":                    {to: `"shop"`, with: []string{"gateway.enabled=true", "targetAllocator.enabled=true"}},
	"image.repository":           {to: `"registry.example/msp-collector"`},
	"image.tag":                  {to: `"dev"`},
	"image.pullPolicy":           {to: `"Always"`},
	"imagePullSecrets":           {to: `[{"name":"registry"}]`, with: []string{"gateway.enabled=true", "targetAllocator.enabled=true"}},
	"serviceAccount.annotations": {to: `{"a":"b"}`, with: gateway},

	"agent.enabled":                    {to: `false`, with: gateway},
	"agent.sendTo":                     {to: `"gateway"`, with: gateway},
	"agent.scrapeInterval":             {to: `"15s"`},
	"agent.hostMetrics.enabled":        {to: `false`},
	"agent.hostNetwork":                {to: `true`},
	"agent.kubelet.enabled":            {to: `false`},
	"agent.kubelet.insecureSkipVerify": {to: `false`},
	"agent.annotatedPods.enabled":      {to: `false`},
	"agent.scrapeConfigs":              {to: scrape},
	"agent.config":                     {to: merged},
	"agent.extraRules":                 {to: `[{"apiGroups":[""],"resources":["nodes"],"verbs":["list","watch"]}]`},
	"agent.extraVolumes":               {to: volumes},
	"agent.extraVolumeMounts":          {to: mounts, with: []string{"agent.extraVolumes=" + volumes}},
	"agent.extraEnv":                   {to: variables},
	"agent.wal.hostPath":               {to: `"/data/wal"`},
	"agent.wal.maxSize":                {to: `"2GiB"`},
	"agent.resources":                  {to: `{"limits":{"cpu":"1"}}`},
	"agent.nodeSelector":               {to: `{"a":"b"}`},
	"agent.affinity":                   {to: placement},
	"agent.tolerations":                {to: tolerated},
	"agent.priorityClassName":          {to: `"system-node-critical"`},
	"agent.podAnnotations":             {to: `{"a":"b"}`},
	"agent.podLabels":                  {to: `{"a":"b"}`},

	"gateway.enabled":                                    {to: `true`},
	"gateway.replicas":                                   {to: `3`, with: gateway},
	"gateway.config":                                     {to: merged, with: gateway},
	"gateway.extraVolumes":                               {to: volumes, with: gateway},
	"gateway.extraVolumeMounts":                          {to: mounts, with: append(gateway, "gateway.extraVolumes="+volumes)},
	"gateway.extraEnv":                                   {to: variables, with: gateway},
	"gateway.service.type":                               {to: `"LoadBalancer"`, with: gateway},
	"gateway.service.annotations":                        {to: `{"a":"b"}`, with: gateway},
	"gateway.wal.size":                                   {to: `"20Gi"`, with: gateway},
	"gateway.wal.storageClassName":                       {to: `"alicloud-disk-essd"`, with: gateway},
	"gateway.wal.maxSize":                                {to: `"8GiB"`, with: gateway},
	"gateway.autoscaling.enabled":                        {to: `true`, with: gateway},
	"gateway.autoscaling.minReplicas":                    {to: `3`, with: scaling},
	"gateway.autoscaling.maxReplicas":                    {to: `5`, with: scaling},
	"gateway.autoscaling.targetCPUUtilizationPercentage": {to: `50`, with: scaling},
	"gateway.autoscaling.scaleDown":                      {to: `true`, with: scaling},
	"gateway.podDisruptionBudget.enabled":                {to: `false`, with: gateway},
	"gateway.podDisruptionBudget.maxUnavailable":         {to: `"50%"`, with: gateway},
	"gateway.networkPolicy.enabled":                      {to: `false`, with: gateway},
	"gateway.networkPolicy.from":                         {to: `[{"ipBlock":{"cidr":"10.0.0.0/8"}}]`, with: gateway},
	"gateway.resources":                                  {to: `{"limits":{"cpu":"1"}}`, with: gateway},
	"gateway.nodeSelector":                               {to: `{"a":"b"}`, with: gateway},
	"gateway.affinity":                                   {to: placement, with: gateway},
	"gateway.tolerations":                                {to: tolerated, with: gateway},
	"gateway.priorityClassName":                          {to: `"high"`, with: gateway},
	"gateway.podAnnotations":                             {to: `{"a":"b"}`, with: gateway},
	"gateway.podLabels":                                  {to: `{"a":"b"}`, with: gateway},

	"targetAllocator.enabled":              {to: `true`},
	"targetAllocator.replicas":             {to: `5`, with: allocator},
	"targetAllocator.scrapeConfigs":        {to: scrape, with: allocator},
	"targetAllocator.prometheusCR.enabled": {to: `false`, with: append(allocator, "targetAllocator.scrapeConfigs="+scrape)},
	"targetAllocator.prometheusCR.secrets": {to: `true`, with: allocator},
	"targetAllocator.wal.size":             {to: `"20Gi"`, with: allocator},
	"targetAllocator.wal.storageClassName": {to: `"alicloud-disk-essd"`, with: allocator},
	"targetAllocator.wal.maxSize":          {to: `"8GiB"`, with: allocator},
	"targetAllocator.resources":            {to: `{"limits":{"cpu":"1"}}`, with: allocator},

	"monitoring.podMonitor.enabled":  {to: `true`},
	"monitoring.podMonitor.interval": {to: `"1m"`, with: []string{"monitoring.podMonitor.enabled=true"}},
	"monitoring.podMonitor.labels":   {to: `{"a":"b"}`, with: []string{"monitoring.podMonitor.enabled=true"}},
	"monitoring.rules.enabled":       {to: `true`},
	"monitoring.rules.labels":        {to: `{"a":"b"}`, with: []string{"monitoring.rules.enabled=true"}},
	"monitoring.dashboard.enabled":   {to: `true`},
	"monitoring.dashboard.labels":    {to: `{"a":"b"}`, with: []string{"monitoring.dashboard.enabled=true"}},
}
