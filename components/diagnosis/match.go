package diagnosis

import (
	"slices"
	"strings"
)

// rule is a row of the table: the first whose conditions all hold decides.
type rule struct {
	reason        string
	when          []condition
	cause, remedy string // {host}, {port} and {where} stand for the endpoint's, other words in braces for those of below
}

type condition func(*Observation) bool

func (r *rule) matches(o *Observation) bool {
	for _, holds := range r.when {
		if !holds(o) {
			return false
		}
	}
	return true
}

func (r *rule) finding(o *Observation) Finding {
	names := append([]string{"{host}", o.endpoint.Host, "{port}", o.endpoint.Port, "{where}", o.endpoint.where()}, words[o.Query]...)
	rule := strings.NewReplacer(o.Credential.words()...)
	put := strings.NewReplacer(names...)
	return Finding{Reason: r.reason, Cause: put.Replace(rule.Replace(r.cause)), Remedy: put.Replace(rule.Replace(r.remedy))}
}

// words are those that differ between delivering, false, and querying what was delivered, true.
var words = map[bool][]string{
	false: {
		"{settings}", "http", "{what}", "remote write", "{key}", "http::endpoint", "{kind}", "remote write URL", "{do}", "write to",
		"{ending}", ": it ends in /api/v1/write, /api/v3/write or /api/prom_write", "{policy}", "AliyunPrometheusMetricWriteAccess",
	},
	true: {
		"{settings}", "verify", "{what}", "queries", "{key}", "verify::query_url", "{kind}", "HTTP API URL", "{do}", "read", "{ending}", "",
		"{policy}", "AliyunPrometheusMetricReadAccess",
	},
}

// status holds for an answer with one of these.
func status(any ...int) condition {
	return func(o *Observation) bool { return o.Err == nil && slices.Contains(any, o.Status) }
}

// class holds for an answer of a class: 4 for 4xx.
func class(first int) condition {
	return func(o *Observation) bool { return o.Err == nil && o.Status/100 == first }
}

// says holds for an answer whose body contains one of the marks, which are in lower case.
func says(marks ...string) condition {
	return func(o *Observation) bool {
		return slices.ContainsFunc(marks, func(mark string) bool { return strings.Contains(o.text, mark) })
	}
}

func not(condition condition) condition {
	return func(o *Observation) bool { return !condition(o) }
}

// failed holds when there was no answer, for this reason.
func failed(because func(*Observation) bool) condition {
	return func(o *Observation) bool { return o.Err != nil && because(o) }
}

func internal(o *Observation) bool { return o.endpoint.Internal }

func everything(o *Observation) bool { return o.Everything }

func withoutPair(o *Observation) bool { return o.NoPair }
