package deliverystatusextension

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"go.opentelemetry.io/collector/component"
	"go.opentelemetry.io/collector/config/confighttp"
	"go.opentelemetry.io/collector/extension"
	"go.uber.org/zap"

	"github.com/msp-collector/msp-collector/components/diagnosis"
	"github.com/msp-collector/msp-collector/components/status"
	"github.com/msp-collector/msp-collector/internal/tlsreload"
)

const (
	// askEvery is how often a sample is looked for until it is found.
	askEvery = 2 * time.Second
	// arrivesWithin is how long after delivery a sample may be found: the service says that first data take a few minutes.
	arrivesWithin = 5 * time.Minute
	askTimeout    = 10 * time.Second
)

// arrival is what came of looking for a delivered sample at the destination.
type arrival struct {
	State     string             `json:"state"` // waiting, arrived, failed
	Text      string             `json:"text"`
	Series    string             `json:"series,omitempty"` // that was looked for
	At        time.Time          `json:"at"`
	Delay     status.Seconds     `json:"delay_seconds"` // from when the sample was taken until a query found it
	Diagnosis *diagnosis.Finding `json:"diagnosis"`
}

// decided tells that a sample was looked for, and found or given up.
func (a *arrival) decided() bool { return a.State != arrivalWaiting && a.Series != "" }

// The states of an arrival.
const (
	arrivalWaiting = "waiting"
	arrivalArrived = "arrived"
	arrivalFailed  = "failed"
)

// verifier looks for delivered samples where the destination answers PromQL.
type verifier struct {
	config       *VerifyConfig
	destinations func() []named[status.Destination]
	client       *tlsreload.Client
	credential   func() diagnosis.Credential
	logger       *zap.Logger
	memory       *memory
	result       atomic.Pointer[arrival]
}

func newVerifier(ctx context.Context, config *VerifyConfig, host component.Host, set extension.Settings, destinations func() []named[status.Destination], memory *memory) (*verifier, error) {
	settings := confighttp.NewDefaultClientConfig()
	settings.Endpoint, settings.Auth, settings.TLS, settings.Timeout = config.QueryURL, config.Auth, config.TLS, askTimeout
	client, err := tlsreload.NewClient(ctx, settings, host.GetExtensions(), set.TelemetrySettings)
	if err != nil {
		return nil, fmt.Errorf("verify: %w", err)
	}
	v := &verifier{config: config, destinations: destinations, client: client, credential: credentialOf(config, host), logger: set.Logger, memory: memory}
	before := memory.answer(v.question())
	if before == nil {
		before = &arrival{State: arrivalWaiting, Text: "No sample has been delivered yet.", At: time.Now()}
	}
	v.result.Store(before)
	return v, nil
}

// credentialOf returns what the authenticator of queries sends.
func credentialOf(config *VerifyConfig, host component.Host) func() diagnosis.Credential {
	auth := config.Auth.Get()
	if auth == nil {
		return diagnosis.CredentialOf("", nil)
	}
	return diagnosis.CredentialOf(auth.AuthenticatorID.Type().String(), host.GetExtensions()[auth.AuthenticatorID])
}

func (v *verifier) question() question { return question{v.config.queryURL(), v.config.Exporter} }

// last is what came of the last sample of which it is decided; while none is, that one is waited for.
func (v *verifier) last() *arrival { return v.result.Load() }

// run looks for a sample in every interval until ctx ends.
func (v *verifier) run(ctx context.Context) {
	var watching sync.WaitGroup
	watching.Go(func() { v.client.Run(ctx) })
	defer watching.Wait()
	for {
		wait := askEvery
		if delivery, why := v.delivery(); why != "" {
			v.tell(&arrival{State: arrivalFailed, Text: why})
		} else if delivery != nil {
			v.lookFor(ctx, delivery)
			wait = v.config.Interval
		}
		if !sleep(ctx, wait) {
			return
		}
	}
}

// delivery is a sample that was delivered; why says that it is not clear of which destination.
func (v *verifier) delivery() (d *status.Delivery, why string) {
	all := v.destinations()
	if (v.config.Exporter != component.ID{}) {
		all = slices.DeleteFunc(all, func(d named[status.Destination]) bool { return d.ID != v.config.Exporter.String() })
		if len(all) == 0 {
			return nil, fmt.Sprintf("verify::exporter %q is no managed_prometheus of a pipeline.", v.config.Exporter)
		}
	}
	switch len(all) {
	case 0:
		return nil, ""
	case 1:
		return all[0].Of.Delivery, ""
	default:
		return nil, "There are several destinations: name the one that query_url belongs to in verify::exporter."
	}
}

// lookFor asks until the sample is found, or has had time enough.
func (v *verifier) lookFor(ctx context.Context, d *status.Delivery) {
	selector := selectorOf(d.Labels)
	for {
		result := v.ask(ctx, selector, d)
		if ctx.Err() != nil {
			return
		}
		v.tell(result)
		if result.State != arrivalWaiting {
			return
		}
		if !sleep(ctx, askEvery) {
			return
		}
	}
}

func (v *verifier) ask(ctx context.Context, selector string, d *status.Delivery) *arrival {
	result := &arrival{Series: selector}
	newest, observation := v.newest(ctx, selector, d.Time)
	now := time.Now()
	switch {
	case observation != nil:
		finding := diagnoseQuery(*observation)
		result.State, result.Diagnosis = arrivalFailed, &finding
		result.Text = "The destination cannot be asked for what was delivered; that says nothing of the delivery itself."
	case !newest.Before(d.Time.Truncate(time.Millisecond)):
		result.State, result.Delay = arrivalArrived, status.Seconds(now.Sub(d.Time).Seconds())
		result.Text = fmt.Sprintf("A sample taken at %s was found at the destination %s later.", clock(d.Time), seconds(result.Delay))
	case now.Sub(d.At) > arrivesWithin:
		result.State, result.Diagnosis = arrivalFailed, &lost
		result.Text = fmt.Sprintf("A sample delivered %s ago cannot be found by a query.", seconds(status.Seconds(now.Sub(d.At).Seconds())))
	default:
		result.State = arrivalWaiting
		result.Text = fmt.Sprintf("A sample was delivered %s ago and is not found by a query yet.", seconds(status.Seconds(now.Sub(d.At).Seconds())))
	}
	return result
}

// lost is what it means when a delivered sample is not found.
var lost = diagnosis.Finding{
	Reason: "not_found",
	Cause:  "the destination said that it has the sample, and a query does not find it",
	Remedy: "see that verify::query_url is the HTTP API URL of the same instance as http::endpoint, and that its key may read this instance; a new instance may take some minutes to show its first data",
}

// tell publishes a result, and logs it when the state is another. What came of one sample stays while the next is looked for:
// otherwise samples that never arrive would be waited for most of the time.
func (v *verifier) tell(result *arrival) {
	result.At = time.Now()
	before := v.last()
	if result.State == arrivalWaiting && before.decided() {
		return
	}
	v.result.Store(result)
	if result.decided() {
		v.memory.note(v.question(), result)
	}
	if before.State == result.State {
		return
	}
	fields := []zap.Field{zap.String("series", result.Series)}
	if result.Diagnosis != nil {
		fields = append(fields, zap.String("reason", result.Diagnosis.Reason), zap.String("cause", result.Diagnosis.Cause), zap.String("remedy", result.Diagnosis.Remedy))
	}
	switch result.State {
	case arrivalArrived:
		v.logger.Info("Delivered samples can be queried at the destination", append(fields, zap.Float64("delay_seconds", float64(result.Delay)))...)
	case arrivalFailed:
		v.logger.Warn(result.Text, fields...)
	}
}

func sleep(ctx context.Context, d time.Duration) bool {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-ctx.Done():
		return false
	}
}
