package translate

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// jobs are the jobs as they are carried.
func jobs(t testing.TB, content string) []any {
	t.Helper()
	return carried(t, content).Get("receivers::prometheus_scrape::config::scrape_configs").([]any)
}

// What the shipped configurations have is added: the status page, the collector's own metrics and a job
// that delivers them. Each can be moved, and the job left out.
func TestTheCollectorAddsItsOwn(t *testing.T) {
	t.Setenv("HOSTNAME", "web-1")
	conf := carried(t, jobOnly+destinationOnly)
	assert.Equal(t, map[string]any{"endpoint": "127.0.0.1:8686"}, conf.Get("extensions::delivery_status"))
	assert.Equal(t, map[string]any{
		"job_name": "msp-collector", "scrape_interval": "15s",
		"static_configs": []any{map[string]any{"targets": []any{"127.0.0.1:8888"}, "labels": map[string]any{"instance": "web-1"}}},
	}, job(t, conf, 1))
	assert.False(t, conf.IsSet("extensions::health_check"))

	t.Setenv("MSP_STATUS_ENDPOINT", "0.0.0.0:1")
	t.Setenv("MSP_HEALTH_ENDPOINT", "0.0.0.0:2")
	t.Setenv("MSP_TELEMETRY_PORT", "3")
	t.Setenv("MSP_WAL_DIRECTORY", "/data/$wal")
	t.Setenv("MSP_WAL_MAX_SIZE", "7GiB")
	conf = carried(t, jobOnly+destinationOnly)
	assert.Equal(t, "0.0.0.0:1", conf.Get("extensions::delivery_status::endpoint"))
	assert.Equal(t, "0.0.0.0:2", conf.Get("extensions::health_check::endpoint"))
	assert.Equal(t, []any{"delivery_status", "health_check"}, conf.Get("service::extensions"))
	assert.Equal(t, []any{map[string]any{"pull": map[string]any{"exporter": map[string]any{"prometheus": map[string]any{"host": "127.0.0.1", "port": 3}}}}},
		conf.Get("service::telemetry::metrics::readers"))
	assert.Equal(t, []any{"127.0.0.1:3"}, job(t, conf, 1)["static_configs"].([]any)[0].(map[string]any)["targets"])
	assert.Equal(t, map[string]any{"directory": "/data/$wal", "max_size": "7GiB"}, conf.Get(mainID+"wal"))

	t.Setenv("MSP_SELF_SCRAPE", "false")
	assert.Len(t, jobs(t, jobOnly+destinationOnly), 1)
}

// A file that scrapes the collector itself keeps its job.
func TestAJobOfItsNameTakesThePlaceOfItsOwn(t *testing.T) {
	all := jobs(t, strings.ReplaceAll(jobOnly, "job_name: a", "job_name: msp-collector")+destinationOnly)
	require.Len(t, all, 1)
	assert.NotContains(t, all[0], "scrape_interval")
}

// What global says about scraping holds for the job, and does not make it invalid.
func TestOwnJobFitsEveryGlobal(t *testing.T) {
	for _, global := range []string{"{scrape_timeout: 40s, scrape_interval: 1m}", "{metric_name_validation_scheme: legacy}", "{scrape_interval: 1s}"} {
		assert.Len(t, jobs(t, "global: "+global+"\n"+jobOnly+destinationOnly), 2)
	}
}

func TestVariablesAreChecked(t *testing.T) {
	for name, value := range map[string]string{
		"MSP_STATUS_ENDPOINT": "8686", "MSP_HEALTH_ENDPOINT": "here", "MSP_TELEMETRY_PORT": "http", "MSP_SELF_SCRAPE": "maybe", "MSP_WAL_MAX_SIZE": "much",
	} {
		t.Run(name, func(t *testing.T) {
			t.Setenv(name, value)
			_, err := translated(t, write(t, jobOnly+destinationOnly), Carried)
			require.ErrorContains(t, err, "environment variable "+name+`="`+value+`": `)
			t.Log(err)
		})
	}
}

// What is added is reported, and a configuration to keep names the variables.
func TestWhatIsAddedIsReported(t *testing.T) {
	t.Setenv("HOSTNAME", "web-1")
	result, err := translated(t, write(t, jobOnly+destinationOnly), Replaced)
	require.NoError(t, err)
	assert.Equal(t, []string{
		"the status page at 127.0.0.1:8686 (MSP_STATUS_ENDPOINT moves it)",
		"the job msp-collector, which delivers the collector's own metrics from 127.0.0.1:8888 (MSP_TELEMETRY_PORT moves them, MSP_SELF_SCRAPE=false leaves the job out)",
	}, result.Added)
	printed, err := result.YAML()
	require.NoError(t, err)
	for _, want := range []string{
		"# Added: the status page at 127.0.0.1:8686 (MSP_STATUS_ENDPOINT moves it)\n",
		"endpoint: ${env:MSP_STATUS_ENDPOINT:-127.0.0.1:8686}\n", "port: ${env:MSP_TELEMETRY_PORT:-8888}\n",
		"- 127.0.0.1:${env:MSP_TELEMETRY_PORT:-8888}\n", "instance: ${env:HOSTNAME:-127.0.0.1}\n",
		"directory: ${env:MSP_WAL_DIRECTORY:-/var/lib/msp-collector/wal}\n", "max_size: ${env:MSP_WAL_MAX_SIZE:-4GiB}\n",
	} {
		assert.Contains(t, string(printed), want)
	}
}
