package deliverystatusextension

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/prometheus/common/model"

	"github.com/msp-collector/msp-collector/components/diagnosis"
)

// maxAnswer bounds what is read of an answer: it is about one series.
const maxAnswer = 1 << 20

// selectorOf writes a PromQL selector of one series. Names beyond [a-zA-Z_][a-zA-Z0-9_]* are quoted, which only newer endpoints
// understand, and only they have such series.
func selectorOf(labels [][2]string) string {
	matchers := make([]string, len(labels))
	for i, label := range labels {
		name := label[0]
		if !model.LegacyValidation.IsValidLabelName(name) {
			name = strconv.Quote(name)
		}
		matchers[i] = name + "=" + strconv.Quote(label[1])
	}
	return "{" + strings.Join(matchers, ",") + "}"
}

// queried is an answer of the HTTP API, as far as it is needed: to timestamp(selector), each value is the time of a sample.
type queried struct {
	Status string `json:"status"`
	Error  string `json:"error"`
	Data   struct {
		Result []struct {
			Value [2]any `json:"value"`
		} `json:"result"`
	} `json:"data"`
}

// newest asks when the newest sample of a series was taken, of those up to at; the zero time says that none is found. Where that
// could not be asked, what was seen instead is returned. A query sees five minutes back: without a time it would not find what was
// delivered late.
func (v *verifier) newest(ctx context.Context, selector string, at time.Time) (time.Time, *diagnosis.Observation) {
	address := v.config.queryURL() + "?" + url.Values{
		"query": {"timestamp(" + selector + ")"},
		"time":  {strconv.FormatFloat(float64(at.UnixMilli())/1e3, 'f', 3, 64)},
	}.Encode()
	seen := &diagnosis.Observation{URL: v.config.QueryURL, Query: true, NoPair: !v.config.Auth.HasValue(), Credential: v.credential()}
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, address, http.NoBody)
	if err != nil {
		seen.Err = err
		return time.Time{}, seen
	}
	response, err := v.client.HTTP.Do(request)
	if err != nil {
		seen.Err = err
		return time.Time{}, seen
	}
	defer func() { _ = response.Body.Close() }()
	body, err := io.ReadAll(io.LimitReader(response.Body, maxAnswer))
	seen.Status, seen.Header, seen.Body, seen.At = response.StatusCode, response.Header, string(body), time.Now()
	if err != nil {
		seen.Err = err
		return time.Time{}, seen
	}
	if response.StatusCode != http.StatusOK {
		return time.Time{}, seen
	}
	newest, err := newestOf(body)
	if err != nil {
		seen.Err = err
		return time.Time{}, seen
	}
	return newest, nil
}

// errNotPromQL is of an answer that is none of Prometheus's HTTP API.
var errNotPromQL = errors.New("the answer is none of Prometheus's HTTP API")

// newestOf reads the newest time in an answer.
func newestOf(body []byte) (newest time.Time, err error) {
	var answer queried
	if err := json.Unmarshal(body, &answer); err != nil || answer.Status != "success" {
		return newest, fmt.Errorf("%w: %.100q", errNotPromQL, body)
	}
	for _, one := range answer.Data.Result {
		text, ok := one.Value[1].(string)
		if !ok {
			return newest, errNotPromQL
		}
		unix, err := strconv.ParseFloat(text, 64)
		if err != nil {
			return newest, fmt.Errorf("%w: %w", errNotPromQL, err)
		}
		if at := time.UnixMilli(int64(unix*1e3 + 0.5)); at.After(newest) {
			newest = at
		}
	}
	return newest, nil
}

// diagnoseQuery says what it means that a query was not answered.
func diagnoseQuery(seen diagnosis.Observation) diagnosis.Finding {
	if errors.Is(seen.Err, errNotPromQL) {
		return diagnosis.Finding{Reason: "wrong_url", Cause: seen.Err.Error(), Remedy: "copy the HTTP API URL from the instance's Settings tab into verify::query_url"}
	}
	return diagnosis.Of(seen)
}
