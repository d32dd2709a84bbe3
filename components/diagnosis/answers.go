package diagnosis

import "net/http"

var (
	missing = says("projectnotexist", "logstorenotexist", "metricstorenotexist", "project does not exist", "project not exist",
		"logstore does not exist", "metricstore does not exist", "metricstore not exist")
	skewed = says("requesttimeexpired", "requesttimetooskewed")
)

// answers are those that speak of the address or of what was sent.
var answers = []rule{
	{"project_missing", []condition{status(http.StatusNotFound), missing},
		"the instance, or the project it is stored in, does not exist any more",
		"see in the console that the instance exists in this region, and " + copyURL},
	{"wrong_url", []condition{status(http.StatusNotFound)},
		"{key} is not the {kind} of an existing instance",
		copyURL},
	{"wrong_url", []condition{status(http.StatusMethodNotAllowed)},
		"{key} does not take {what}",
		copyURL},
	{"redirected", []condition{class(3)},
		"the destination sends to another address, where the AccessKey pair must not follow by itself",
		"put the address it names into {key}, when it is the instance's; a proxy or login page in between is another cause"},
	{"proxy", []condition{status(http.StatusProxyAuthRequired)},
		"the proxy wants to know who sends",
		"give it what it asks for in {settings}::proxy_url, or let {host} pass by it with NO_PROXY"},
	{"clock_skew", []condition{status(http.StatusBadRequest, http.StatusUnauthorized), skewed},
		"this host's clock is too far from the destination's",
		"set the clock by NTP; samples carry its time, too"},
	{"out_of_order", []condition{status(http.StatusBadRequest), says("out of order", "out-of-order", "duplicate sample", "same timestamp", "older than")},
		"the destination already has a sample of the series as new, or newer",
		"look for a second sender of the same series: another collector or Prometheus with the same external_labels; give each its own"},
	{"out_of_bounds", []condition{status(http.StatusBadRequest), says("out of bounds", "too old", "too far in the future", "too new")},
		"the samples are older or newer than the destination takes",
		"set the clock by NTP; after a long outage, data beyond the destination's window cannot be stored, see queue_config::sample_age_limit"},
	{"bad_labels", []condition{status(http.StatusBadRequest), says("label", "metric name", "invalid utf-8")},
		"the destination does not take a name or value of a label",
		"see the answer for which; change or drop it with write_relabel_configs"},
	{"bad_request", []condition{status(http.StatusBadRequest)},
		"the destination does not take some sample",
		"see the answer for why; what it refuses is found by halving and dropped alone, all else is delivered"},
	{"too_large", []condition{status(http.StatusRequestEntityTooLarge)},
		"the request is larger than the destination takes",
		"nothing to do: it is halved and sent again; lower max_request_bytes to spare the attempts"},
	{"protocol", []condition{status(http.StatusUnsupportedMediaType, http.StatusNotAcceptable)},
		"the destination does not speak this version of remote write",
		"remove protobuf_message: remote write 1.0 is what every endpoint takes"},
	{"rate_limited", []condition{status(http.StatusTooManyRequests)},
		"the destination takes no more requests for now",
		"{waits}if it lasts, lower queue_config::max_shards or ask for a larger quota"},
	{"server_busy", []condition{status(http.StatusServiceUnavailable)},
		"the destination is busy",
		"{waits}if it lasts, look at the service's health page or ask its support, with the request id of the answer"},
	{"gateway", []condition{status(http.StatusBadGateway, http.StatusGatewayTimeout)},
		"a proxy or load balancer in between has no answer from the destination",
		"{waits}if it lasts, look at what stands between this host and {host}"},
	{"server_error", []condition{class(5)},
		"the destination has a fault of its own",
		"{waits}if it lasts, ask its support, with the request id of the answer"},
	{"rejected", []condition{class(4)},
		"the destination takes no such request",
		"see the answer for why; " + copyURL},
}
