package deliverystatusextension

import (
	"encoding/json"
	"os"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/component"
	"go.opentelemetry.io/collector/component/componenttest"

	"github.com/msp-collector/msp-collector/components/status"
)

func TestPageSaysWhatIsWrongAndWhatToDo(t *testing.T) {
	r := start(t, nil, componenttest.NewNopHost())
	r.tells(t, "one", held())
	r.Register(component.MustNewID("prometheus_scrape"), status.Report{Receiver: func() status.Receiver {
		return status.Receiver{Accepted: 7, Refused: []status.Loss{{Reason: "out_of_order", Samples: 3, Remedy: "see its exporter"}}, Jobs: []status.Job{
			{Name: "node", Up: 1, Down: 1, Targets: []status.Target{{URL: "http://b/metrics", Health: "down", Error: "connection refused"}, {URL: "http://a/metrics", Health: "up"}}},
		}}
	}})
	code, text := r.get(t, "/")
	require.Equal(t, 200, code)
	for _, want := range []string{
		"<title>Critical · ", "The AccessKey is disabled.", "What to do:</span> enable it again.",
		"401 Unauthorized: &lt;b&gt;AccessKeyId&lt;/b&gt; is disabled", "1,000,000", "234,567", "3.0 GiB", "75 %",
		"wal_full", "12,345", "give the log more room", "LTAI****abcd", "100 d", "older than 90 d", "Job node: 1 up", "1 down", "connection refused",
		"3 out_of_order: see its exporter",
	} {
		require.Contains(t, text, want)
	}
	require.NotContains(t, text, "ZgotmplZ", "the template refuses nothing of what it is given")
	require.Equal(t, 200, first(r.get(t, "/assets/style.css")))
	require.Equal(t, 200, first(r.get(t, "/assets/refresh.js")))
	require.Equal(t, 404, first(r.get(t, "/elsewhere")))
}

func first(code int, _ string) int { return code }

func TestRefusedSendersAreShown(t *testing.T) {
	r := start(t, nil, componenttest.NewNopHost())
	t.Cleanup(r.Register(component.MustNewIDWithName("accesskey_auth", "clients"), status.Report{RefusedSenders: func() status.RefusedSenders {
		return status.RefusedSenders{Requests: 7, Last: time.Now(), Senders: []status.RefusedSender{
			{ID: "team****x", Address: "10.0.0.7", Reason: "the secret is wrong", Remedy: "copy the secret again", Requests: 7, Last: time.Now()},
		}}
	}}))
	_, text := r.get(t, "/")
	for _, want := range []string{"Senders that accesskey_auth/clients refuses: 7 requests", "team****x", "10.0.0.7", "The secret is wrong. Copy the secret again."} {
		require.Contains(t, text, want)
	}
	_, text = r.get(t, "/api/v1/status")
	require.Contains(t, text, `"address": "10.0.0.7"`)
}

func TestPageWithoutAnything(t *testing.T) {
	r := start(t, nil, componenttest.NewNopHost())
	code, text := r.get(t, "/")
	require.Equal(t, 200, code)
	require.Contains(t, text, "No destination")
	require.Contains(t, text, "No receiver of ours")
	_, text = r.get(t, "/api/v1/status")
	require.Contains(t, text, `"destinations": []`)
}

func TestHeadlines(t *testing.T) {
	soon, now := status.Seconds(90), time.Now()
	for want, d := range map[string]destination{
		"Delivery is blocked: the endpoint rejects every request. No sample is queued.":                                                    {Destination: status.Destination{State: status.Held}},
		"Requests to the endpoint fail and are retried. 3 samples are queued on disk and will be sent once the endpoint accepts requests.": {Destination: status.Destination{State: status.Down, Queued: 3}},
		"Delivery works and catches up: 9 samples are queued, 1 min 30 s left.":                                                            {Destination: status.Destination{State: status.Behind, Queued: 9}, Drain: &soon},
		"Delivery has worked again for 59 s: 9 samples are queued.":                                                                        {Destination: status.Destination{State: status.Behind, Queued: 9, Since: now.Add(-59 * time.Second)}, now: now},
		"more samples come in than go out: 9 samples are queued. If the destination can accept more, raise queue_config::max_shards":       {Destination: status.Destination{State: status.Behind, Queued: 9, Since: now.Add(-time.Minute)}, now: now},
		"Samples are delivered with the previous AccessKey pair until 2026-11-24 03:04:05 UTC: the endpoint rejects the new one.":          {Destination: status.Destination{State: status.Delivering, Pair: &status.Pair{State: status.PairFallback, Until: time.Date(2026, 11, 24, 3, 4, 5, 0, time.UTC)}}},
		"No request has been answered since the start. 1 sample is queued on disk.":                                                        {Destination: status.Destination{State: status.Behind, Queued: 1, Recovered: 1}},
		"No sample has come in yet":                     {Destination: status.Destination{State: status.Delivering}},
		"The first samples have not been delivered yet": {Destination: status.Destination{State: status.Delivering, Accepted: 1}},
		"delivered as they come in":                     {Destination: status.Destination{State: status.Delivering, Accepted: 1, Delivered: 1}},
		"Samples are delivered, but 4 samples were dropped in the last 10 minutes, the last 5.0 s ago.": {Destination: status.Destination{State: status.Delivering, Accepted: 5, Delivered: 1}, DroppedRecently: 4, LastDropped: now.Add(-5 * time.Second), now: now},
	} {
		// A destination without an answer is one that starts, where something waits.
		if d.Recovered == 0 {
			d.Answer = &status.Answer{}
		}
		require.Contains(t, headline(d), want)
	}
}

// A log that is full loses samples, and one that was full has lost some.
func TestHeadlinesOfAFullLog(t *testing.T) {
	for _, state := range []status.State{status.Held, status.Down} {
		d := destination{Destination: status.Destination{State: state, Queued: 7, Dropped: []status.Loss{{Reason: "wal_full", Samples: 1}}, WAL: status.WAL{Bytes: 4<<30 - 16<<20, MaxBytes: 4 << 30}}, DroppedRecently: 1008650}
		require.Contains(t, headline(d), "The write-ahead log is full, and its oldest samples are dropped to make room: 1,008,650 in the last 10 minutes. 7 samples are queued on disk")
		d.WAL.Bytes = 3 << 30
		require.Contains(t, headline(d), "1,008,650 samples were dropped in the last 10 minutes")
		require.NotContains(t, headline(d), "is full")
		d.Dropped, d.DroppedRecently = nil, 0
		require.NotContains(t, headline(d), "dropped")
		d.Refusing = "the write-ahead log is full"
		require.Contains(t, headline(d), "New samples are refused.")
	}
}

// What is not all well does not look so.
func TestFallbackIsNotGreen(t *testing.T) {
	r := start(t, nil, componenttest.NewNopHost())
	r.tells(t, "one", status.Destination{State: status.Delivering, Accepted: 1, Delivered: 1, Answer: &status.Answer{Status: 204}, Pair: &status.Pair{
		ID: "STS.****old1", State: status.PairFallback, RefusedID: "LTAI****new1", Until: time.Now().Add(time.Hour), Temporary: true,
		Refusal: &status.Refusal{At: time.Now(), Reason: "key_disabled", Cause: "the AccessKey is disabled", Remedy: "enable it again"},
	}})
	r.tells(t, "two", status.Destination{State: status.Delivering, Recovered: 5, Queued: 5})
	_, text := r.get(t, "/")
	for _, want := range []string{
		"<title>Warning · ", `class="state uneasy">delivering (fallback)`, `class="state uneasy">starting`,
		"Why:</span> the AccessKey is disabled.", "What to do:</span> enable it again; keep the previous one enabled until then", "<td>unknown</td>",
	} {
		require.Contains(t, text, want)
	}
	require.NotContains(t, text, "delivered as they come in")
	require.NotContains(t, text, `"card delivering"`)
}

func TestPairProblems(t *testing.T) {
	now := time.Now()
	for want, pair := range map[string]status.Pair{
		"delivery continues with the previous one, LTAI****old": {State: status.PairFallback, ID: "LTAI****old", RefusedID: "LTAI****new", Until: now.Add(time.Hour)},
		"the last good pair stays in use":                       {Problem: "no such file", State: status.PairAccepted},
		"There is no AccessKey pair to send with":               {Problem: "no such file", State: status.PairMissing},
		"expires at":         {Expiry: now.Add(time.Minute)},
		"expired at":         {Expiry: now.Add(-time.Minute), State: status.PairMissing},
		"is older than 90 d": {Age: 91 * 24 * 3600, MaxAge: 90 * 24 * 3600},
	} {
		all := pairProblems(&pair, now)
		require.Len(t, all, 1)
		require.Contains(t, all[0].What, want)
		require.NotEmpty(t, all[0].Remedy)
	}
	require.Empty(t, pairProblems(&status.Pair{State: status.PairAccepted, Age: 1, MaxAge: 2}, now))
	require.Empty(t, pairProblems(&status.Pair{Expiry: now.Add(5 * time.Minute)}, now), "a pair of 15 minutes is renewed now")
	require.Empty(t, pairProblems(&status.Pair{Temporary: true, Age: 3, MaxAge: 2}, now), "nobody rotates a temporary pair")
	require.Empty(t, pairProblems(nil, now))
}

// The JSON is what docs/status.md says: every name in it is described there.
func TestJSONIsDocumented(t *testing.T) {
	r := start(t, nil, componenttest.NewNopHost())
	r.tells(t, "one", held())
	_, text := r.get(t, "/api/v1/status")
	var decoded map[string]any
	require.NoError(t, json.Unmarshal([]byte(text), &decoded))
	require.EqualValues(t, schemaVersion, decoded["version"])

	document, err := os.ReadFile("../../docs/status.md")
	require.NoError(t, err)
	described := map[string]bool{}
	for _, name := range namesOf(reflect.TypeFor[snapshot](), nil) {
		described[name] = true
		require.Contains(t, string(document), "`"+name+"`", "docs/status.md describes it")
	}
	for line := range strings.Lines(string(document)) {
		if name, ok := strings.CutPrefix(line, "| `"); ok {
			name, _, _ = strings.Cut(name, "`")
			require.True(t, described[name], "docs/status.md describes %q, which is not in the JSON", name)
		}
	}
}

// namesOf are the paths of all fields of a type, as in docs/status.md.
func namesOf(of reflect.Type, prefix []string) (names []string) {
	for of.Kind() == reflect.Pointer || of.Kind() == reflect.Slice {
		of = of.Elem()
	}
	if of.Kind() != reflect.Struct || of == reflect.TypeFor[time.Time]() {
		return []string{strings.Join(prefix, ".")}
	}
	for i := range of.NumField() {
		field := of.Field(i)
		name, _, _ := strings.Cut(field.Tag.Get("json"), ",")
		switch {
		case field.Anonymous:
			names = append(names, namesOf(field.Type, prefix)...)
		case name != "" && name != "-":
			names = append(names, namesOf(field.Type, append(append([]string(nil), prefix...), name))...)
		}
	}
	return names
}
