package harness

import (
	"context"
	"crypto/tls"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"sync"
	"time"
)

// Client queries a Prometheus with basic auth.
type Client struct {
	URL string

	http *http.Client
	mu   sync.Mutex
	key  AccessKey
}

// Series is one series of a query result. An instant vector has one sample per series.
type Series struct {
	Labels  map[string]string
	Samples []Sample
}

// Sample is a value at a time.
type Sample struct {
	Time  time.Time
	Value float64
}

func newClient(settings PrometheusSettings) *Client {
	c := &Client{URL: "http://" + settings.Address, http: &http.Client{Timeout: 10 * time.Second}}
	if settings.Certificate != nil {
		c.URL = "https://" + settings.Address
		c.http.Transport = &http.Transport{TLSClientConfig: &tls.Config{RootCAs: settings.Certificate.Pool}}
	}
	return c
}

func (c *Client) useKey(key AccessKey) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.key = key
}

// Ready says whether the server answers requests.
func (c *Client) Ready(ctx context.Context) error {
	_, err := c.Get(ctx, "/-/ready", nil)
	return err
}

// Query evaluates an instant query; a range selector such as up[5m] returns the raw samples.
func (c *Client) Query(ctx context.Context, expression string) ([]Series, error) {
	body, err := c.Get(ctx, "/api/v1/query", url.Values{"query": {expression}})
	if err != nil {
		return nil, err
	}
	var answer struct {
		Data struct {
			Result []struct {
				Metric map[string]string `json:"metric"`
				Value  *jsonSample       `json:"value"`
				Values []jsonSample      `json:"values"`
			} `json:"result"`
		} `json:"data"`
	}
	if err := json.Unmarshal(body, &answer); err != nil {
		return nil, fmt.Errorf("query %q: %w", expression, err)
	}
	var result []Series
	for _, r := range answer.Data.Result {
		series := Series{Labels: r.Metric}
		if r.Value != nil {
			r.Values = append(r.Values, *r.Value)
		}
		for _, value := range r.Values {
			series.Samples = append(series.Samples, Sample(value))
		}
		result = append(result, series)
	}
	return result, nil
}

// Get asks for a page, and returns its body.
func (c *Client) Get(ctx context.Context, path string, values url.Values) ([]byte, error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, c.URL+path+"?"+values.Encode(), nil)
	if err != nil {
		return nil, err
	}
	c.mu.Lock()
	request.SetBasicAuth(c.key.ID, c.key.Secret)
	c.mu.Unlock()
	response, err := c.http.Do(request)
	if err != nil {
		return nil, err
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	if err != nil {
		return nil, err
	}
	if response.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("GET %s: %s: %.200s", path, response.Status, body)
	}
	return body, nil
}

// jsonSample is Prometheus's [seconds, "value"].
type jsonSample Sample

func (s *jsonSample) UnmarshalJSON(content []byte) error {
	var seconds float64
	var value string
	if err := json.Unmarshal(content, &[]any{&seconds, &value}); err != nil {
		return err
	}
	s.Time = time.UnixMilli(int64(seconds*1000 + 0.5))
	var err error
	s.Value, err = strconv.ParseFloat(value, 64)
	return err
}
