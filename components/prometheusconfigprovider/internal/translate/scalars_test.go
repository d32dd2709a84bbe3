package translate

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// What Prometheus reads as text stays the text, and what it reads as a number keeps its value, however odd it is written.
func TestScalarsMeanWhatTheyMeanToPrometheus(t *testing.T) {
	conf := carried(t, `
scrape_configs:
  - job_name: 0123
    honor_labels: yes
    honor_timestamps: off
    sample_limit: 1_000
    label_limit: 0x10
    native_histogram_min_bucket_factor: 1.10
    scrape_interval: 30s
    basic_auth: {username: 1e3, password: 0777}
    params: {on: [yes, 2024-01-01, 1.10, ~, "5"]}
    static_configs:
      - targets: [localhost]
        labels: {version: 1.10, flag: on, zone: 0o17, empty: , quoted: "yes", plain: 17}
`+destinationOnly)
	got := job(t, conf, 0)
	assert.Equal(t, "0123", got["job_name"])
	assert.Equal(t, true, got["honor_labels"])
	assert.Equal(t, false, got["honor_timestamps"])
	assert.Equal(t, 1000, got["sample_limit"])
	assert.Equal(t, 16, got["label_limit"])
	assert.InDelta(t, 1.1, got["native_histogram_min_bucket_factor"], 0)
	assert.Equal(t, map[string]any{"username": "1e3", "password": "0777"}, got["basic_auth"])
	assert.Equal(t, []any{"yes", "2024-01-01", "1.10", nil, "5"}, got["params"].(map[string]any)["on"])
	labels := got["static_configs"].([]any)[0].(map[string]any)["labels"].(map[string]any)
	assert.Equal(t, "1.10", labels["version"])
	assert.Equal(t, "on", labels["flag"])
	assert.Equal(t, "0o17", labels["zone"])
	assert.Equal(t, "yes", labels["quoted"])
}

func TestAliasesAndMergeKeysAreWrittenOut(t *testing.T) {
	conf := carried(t, `
scrape_configs:
  - &base
    job_name: a
    scrape_interval: 5s
    metric_relabel_configs: &rules
      - {source_labels: [__name__], regex: 'go_(.*)', target_label: __name__, replacement: 'x_$1'}
    static_configs: [{targets: [localhost]}]
  - <<: *base
    job_name: b
    scrape_timeout: 1s
    relabel_configs: *rules
`+destinationOnly)
	a, b := job(t, conf, 0), job(t, conf, 1)
	assert.Equal(t, "b", b["job_name"])
	assert.Equal(t, "5s", b["scrape_interval"])
	assert.Equal(t, a["metric_relabel_configs"], b["relabel_configs"])
	assert.Equal(t, "x_$1", b["relabel_configs"].([]any)[0].(map[string]any)["replacement"])
}

func TestABombOfAliasesIsRefused(t *testing.T) {
	budget := 100
	_, err := parseNodes([]byte("a: &a [1, 2, 3]\nb: &b [*a, *a]\n"))
	require.NoError(t, err)
	document, err := parseNodes([]byte("a: [1, 2, 3]"))
	require.NoError(t, err)
	for range 5 {
		document.Content = append(document.Content, text("b"), document.Content[1])
		document.Content[1] = list(document.Content[1], document.Content[1], document.Content[1])
	}
	_, err = expand(document, &budget)
	require.ErrorIs(t, err, errTooManyNodes)
}
