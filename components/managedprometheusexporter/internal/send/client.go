package send

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/url"

	"github.com/msp-collector/msp-collector/components/diagnosis"
	"github.com/msp-collector/msp-collector/components/status"
)

const (
	excerptBytes = 1 << 10  // of an answer's body is kept
	drainBytes   = 64 << 10 // of it is read at most, so that the connection can be used again
)

// Client posts to one URL. It is safe for concurrent use.
type Client struct {
	url    string
	paired bool
	header http.Header
	http   *http.Client

	// Credential returns what base sends to say who it is; nil for an AccessKey pair. It is set before the first Post.
	Credential func() diagnosis.Credential
}

// NewClient returns a client for the URL that sends the header with every request; paired says that base sends an AccessKey
// pair. Redirects are not followed: the pair must not travel to another host, and the answer says where the URL has moved.
func NewClient(url string, paired bool, header http.Header, base *http.Client) *Client {
	client := *base
	client.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	return &Client{url: url, paired: paired, header: header, http: &client}
}

// Answer is what came back: a status, or the error that kept one from coming.
type Answer struct {
	Status int
	Header http.Header
	Body   string // its first kilobyte
	Err    error

	URL    string
	Paired bool // an AccessKey pair or other credentials went with the request

	Credential diagnosis.Credential // which
}

// Post sends one compressed body. header is only read.
func (c *Client) Post(ctx context.Context, header http.Header, body []byte) Answer {
	answer := c.post(ctx, header, body)
	answer.URL, answer.Paired = c.url, c.paired
	if c.Credential != nil {
		answer.Credential = c.Credential()
	}
	return answer
}

func (c *Client) post(ctx context.Context, header http.Header, body []byte) Answer {
	request, err := http.NewRequestWithContext(status.Reporting(ctx), http.MethodPost, c.url, bytes.NewReader(body))
	if err != nil {
		return Answer{Err: withoutURL(err)}
	}
	maps.Copy(request.Header, c.header)
	maps.Copy(request.Header, header)
	response, err := c.http.Do(request)
	if err != nil {
		return Answer{Err: fmt.Errorf("no answer: %w", withoutURL(err))}
	}
	defer func() { _ = response.Body.Close() }()
	// The status stands, whatever becomes of the body: what follows is for people to read.
	excerpt, _ := io.ReadAll(io.LimitReader(response.Body, excerptBytes))
	_, _ = io.CopyN(io.Discard, response.Body, drainBytes)
	return Answer{Status: response.StatusCode, Header: response.Header, Body: string(excerpt)}
}

// withoutURL is an error of net/http without the URL it begins with: tokens are found in queries, and errors are shown to people.
func withoutURL(err error) error {
	var named *url.Error
	if errors.As(err, &named) {
		return named.Err
	}
	return err
}

// CloseIdle closes connections that wait for a next request.
func (c *Client) CloseIdle() { c.http.CloseIdleConnections() }
