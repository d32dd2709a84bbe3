package harness

import (
	"io"
	"net/http"
	"net/http/httptest"
	"strconv"
	"sync"
	"time"
)

// Endpoint is a remote-write endpoint made up for faults: it records what it is sent and answers as told.
type Endpoint struct {
	URL string

	server  *httptest.Server
	closing chan struct{} // closed by Close, before it waits for the requests that are being served
	close   sync.Once

	mu       sync.Mutex
	answer   Policy
	ledger   *Ledger
	received []Received
	count    int
	keep     int // how many requests to remember; 0 for all
	resets   int // how many requests to reset while they are read
}

// A Policy decides about a request, given the number of requests before it. Policies run one at a time, in the order in
// which requests have been read.
type Policy func(n int, r Received) Answer

// Received is one request as it came in.
type Received struct {
	WriteRequest
	Time   time.Time
	Proto  string // HTTP/1.1 or HTTP/2.0
	Header http.Header
	Size   int   // bytes of the body
	Err    error // the body could not be decoded
}

// Answer is what becomes of a request, and what the endpoint replies.
type Answer struct {
	Status int
	Body   string
	Header http.Header

	Applied bool                      // the ledger gets it before anything else happens; without it, when a 2xx is given
	Only    func(*WrittenSeries) bool // which of its series the ledger gets; all when nil
	Gate    *Gate                     // the reply waits here
	Fault   Fault                     // instead of the reply
}

// StartEndpoint starts an endpoint that answers 204 until told otherwise. With a certificate it serves https and offers
// HTTP/2 before HTTP/1.1.
func StartEndpoint(certificate *Certificate) *Endpoint {
	e := &Endpoint{closing: make(chan struct{})}
	e.server = httptest.NewUnstartedServer(http.HandlerFunc(e.serve))
	if certificate == nil {
		e.server.Start()
	} else {
		e.server.EnableHTTP2 = true
		e.server.TLS = certificate.serverConfig()
		e.server.StartTLS()
	}
	e.URL = e.server.URL + "/api/v1/write"
	return e
}

// Answer sets what becomes of requests from now on.
func (e *Endpoint) Answer(policy Policy) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.answer = policy
}

// Record makes a ledger of what is applied from now on, and returns it.
func (e *Endpoint) Record() *Ledger {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.ledger = NewLedger()
	return e.ledger
}

// Keep makes the endpoint remember the last n requests only, for tests that send a lot.
func (e *Endpoint) Keep(n int) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.keep = n
}

// ResetReading resets the connections of the next n requests when half of their body has been read. These requests are
// neither recorded nor counted.
func (e *Endpoint) ResetReading(n int) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.resets = n
}

// Received returns the requests so far, or the last ones, see Keep.
func (e *Endpoint) Received() []Received {
	e.mu.Lock()
	defer e.mu.Unlock()
	return append([]Received(nil), e.received...)
}

// Count is the number of requests so far.
func (e *Endpoint) Count() int {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.count
}

// Close stops the endpoint, and lets go of every request that waits.
func (e *Endpoint) Close() {
	e.close.Do(func() { close(e.closing) })
	e.server.Close()
}

func (e *Endpoint) serve(w http.ResponseWriter, request *http.Request) {
	if e.resetsThis() {
		_, _ = io.CopyN(io.Discard, request.Body, request.ContentLength/2)
		e.fail(w, Reset, Answer{})
		return
	}
	body, err := io.ReadAll(request.Body)
	received := Received{Time: time.Now(), Proto: request.Proto, Header: request.Header.Clone(), Size: len(body), Err: err}
	if err == nil {
		received.WriteRequest, received.Err = DecodeWriteRequest(request.Header.Get("Content-Type"), body)
	}
	answer := e.decide(received)
	written := received.only(answer.Only)
	if answer.Applied {
		e.apply(written)
	}
	if answer.Gate != nil && !answer.Gate.wait(request.Context().Done(), e.closing) {
		panic(http.ErrAbortHandler) // nobody is left to answer
	}
	if answer.Fault != nil {
		e.fail(w, answer.Fault, answer)
		return
	}
	if !answer.Applied && answer.Status/100 == 2 {
		e.apply(written)
	}
	answer.reply(w, &written)
}

func (e *Endpoint) resetsThis() bool {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.resets == 0 {
		return false
	}
	e.resets--
	return true
}

// decide remembers a request and asks what becomes of it.
func (e *Endpoint) decide(received Received) Answer {
	e.mu.Lock()
	defer e.mu.Unlock()
	answer := Answer{Status: http.StatusNoContent}
	if e.answer != nil {
		answer = e.answer(e.count, received)
	}
	e.count++
	e.received = append(e.received, received)
	if e.keep > 0 && len(e.received) >= 2*e.keep {
		e.received = append(e.received[:0:0], e.received[len(e.received)-e.keep:]...)
	}
	return answer
}

func (e *Endpoint) apply(written WriteRequest) {
	e.mu.Lock()
	ledger := e.ledger
	e.mu.Unlock()
	if ledger != nil {
		ledger.Add(written.Series)
	}
}

// only is the part of a request that is applied.
func (r *Received) only(wanted func(*WrittenSeries) bool) WriteRequest {
	if wanted == nil {
		return r.WriteRequest
	}
	part := r.WriteRequest
	part.Series = nil
	for i := range r.Series {
		if wanted(&r.Series[i]) {
			part.Series = append(part.Series, r.Series[i])
		}
	}
	return part
}

// reply answers. To a 2.0 request it says how much was written, as every endpoint of 2.0 must; the policy's headers win.
func (a Answer) reply(w http.ResponseWriter, written *WriteRequest) {
	if written.V2 {
		var samples, histograms, exemplars int
		if a.Applied || a.Status/100 == 2 {
			samples, histograms, exemplars = written.Counts()
		}
		w.Header().Set("X-Prometheus-Remote-Write-Samples-Written", strconv.Itoa(samples))
		w.Header().Set("X-Prometheus-Remote-Write-Histograms-Written", strconv.Itoa(histograms))
		w.Header().Set("X-Prometheus-Remote-Write-Exemplars-Written", strconv.Itoa(exemplars))
	}
	for name, values := range a.Header {
		if w.Header()[name] = values; values == nil {
			w.Header().Del(name)
		}
	}
	w.WriteHeader(a.Status)
	_, _ = io.WriteString(w, a.Body) // the client may be gone
}
