// Package transport is the one chain by which both connectors call: credentials, quota, retries by error class, deadline,
// circuit breaker, redaction, and a trace of each call. It knows HTTP and error classes, no records.
//
// A call that is not safe to repeat leaves once: if its answer is lost the error is Ambiguous, and whoever made it looks
// before trying again.
package transport

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"syscall"
	"time"

	"tandem/internal/budget"
	"tandem/internal/connector"
	"tandem/internal/operation"
	"tandem/internal/record"
)

const (
	attemptDeadline = 30 * time.Second // the commonsku gateway answers up to 29 s
	triesMax        = 4
	backoffFirst    = 250 * time.Millisecond
	backoffMost     = 8 * time.Second
	answerBytesMax  = 32 << 20
	throttledWait   = time.Second // a 429 without Retry-After and without a window to wait for
)

// Options of a Client.
type Options struct {
	Side    record.Side
	Pair    string
	BaseURL string // prefix of all paths, without a slash at the end
	// Authorize puts the credential on a request.
	Authorize func(*http.Request) error
	Budget    *budget.Budget    // nil: no quota
	Base      http.RoundTripper // nil: a pooled transport
	// Classify reads an answer that is not 2xx.
	Classify func(op operation.Operation, status int, h http.Header, body []byte) *connector.Error
	Observe  func(Call) // nil: nobody is told
	Now      func() time.Time
}

// Call is what happened in one attempt, for metrics and traces; it holds no values.
type Call struct {
	Pair      string
	Side      record.Side
	Operation string
	Status    int // 0: no answer
	Class     connector.Class
	Took      time.Duration
}

// Request is one call's variable part.
type Request struct {
	PathParams map[string]string // by placeholder
	Query      url.Values
	Body       any // nil, or what json.Marshal takes
}

// Answer is a 2xx answer.
type Answer struct {
	Status             int
	Header             http.Header
	Body               []byte
	SentAt, ReceivedAt time.Time
}

// ServerTime is the Date header, zero if absent.
func (a Answer) ServerTime() time.Time {
	t, err := http.ParseTime(a.Header.Get("Date"))
	if err != nil {
		return time.Time{}
	}
	return t.UTC()
}

// Client calls one account. Safe for concurrent use.
type Client struct {
	o       Options
	http    *http.Client
	circuit circuit
}

// New builds a Client. It refuses an address in the clear that is not of this machine.
func New(o Options) (*Client, error) {
	u, err := url.Parse(o.BaseURL)
	if err != nil || u.Host == "" {
		return nil, fmt.Errorf("%s base_url: %q is no address", o.Side, o.BaseURL)
	}
	if u.Scheme != "https" && !loopback(u.Hostname()) {
		return nil, fmt.Errorf("%s base_url: %s would send the credential in the clear: use https", o.Side, u.Host)
	}
	if o.Base == nil {
		o.Base = pooled()
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Observe == nil {
		o.Observe = func(Call) {}
	}
	host := u.Host
	return &Client{o: o, http: &http.Client{Transport: o.Base, CheckRedirect: func(r *http.Request, _ []*http.Request) error {
		if r.URL.Host != host {
			return errors.New("a redirect to another host is not followed")
		}
		return nil
	}}}, nil
}

func loopback(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback() || strings.HasSuffix(host, ".mem")
}

func pooled() *http.Transport {
	return &http.Transport{
		Proxy: http.ProxyFromEnvironment, MaxIdleConns: 512, MaxIdleConnsPerHost: 256, IdleConnTimeout: 90 * time.Second,
		TLSHandshakeTimeout: 10 * time.Second, ForceAttemptHTTP2: true, DialContext: (&net.Dialer{Timeout: 10 * time.Second}).DialContext,
		ReadBufferSize: 16 << 10, DisableCompression: true,
	}
}

// Do makes one call. Its error is always a *connector.Error.
func (c *Client) Do(ctx context.Context, op operation.Operation, r Request) (Answer, error) {
	var body []byte
	if r.Body != nil {
		var err error
		if body, err = json.Marshal(r.Body); err != nil {
			return Answer{}, c.fail(op, connector.Invalid, 0, err)
		}
	}
	target := c.target(op, r)
	for try := 1; ; try++ {
		answer, cerr := c.attempt(ctx, op, target, body)
		if cerr == nil {
			return answer, nil
		}
		wait, again := c.again(op, cerr, try)
		if !again || ctx.Err() != nil {
			return Answer{}, cerr
		}
		timer := time.NewTimer(wait)
		select {
		case <-ctx.Done():
			timer.Stop()
			return Answer{}, cerr
		case <-timer.C:
		}
	}
}

// again says whether a failed call may be made again here, and after how long. The job of the record does the rest.
func (c *Client) again(op operation.Operation, e *connector.Error, try int) (time.Duration, bool) {
	if try >= triesMax {
		return 0, false
	}
	most := min(backoffFirst<<(try-1), backoffMost)
	jittered := rand.N(most) + most/8
	switch e.Class {
	case connector.Throttled: // the call was not made: any may go again
		return max(e.After, jittered), e.After <= 15*time.Second
	case connector.Transient:
		return max(e.After, jittered), op.Repeatable || e.Status == 0
	}
	return 0, false
}

func (c *Client) target(op operation.Operation, r Request) string {
	path := op.Path
	for k, v := range r.PathParams {
		path = strings.ReplaceAll(path, "{"+k+"}", url.PathEscape(v))
	}
	if len(r.Query) > 0 {
		path += "?" + r.Query.Encode()
	}
	return c.o.BaseURL + path
}

// attempt is one request, from the wait for quota to the classed answer.
func (c *Client) attempt(ctx context.Context, op operation.Operation, target string, body []byte) (Answer, *connector.Error) {
	if wait := c.circuit.open(c.o.Now()); wait > 0 {
		e := c.fail(op, connector.Transient, 0, errors.New("the side does not answer; waiting before the next try"))
		e.After = wait
		return Answer{}, e
	}
	if c.o.Budget != nil {
		if err := c.o.Budget.Take(ctx, connector.LaneOf(ctx)); err != nil {
			var ce *connector.Error
			if errors.As(err, &ce) {
				ce.Op = name(op)
				return Answer{}, ce
			}
			return Answer{}, c.fail(op, connector.Throttled, 0, fmt.Errorf("waiting for quota: %w", err))
		}
	}
	actx, cancel := context.WithTimeout(ctx, attemptDeadline)
	defer cancel()
	req, err := http.NewRequestWithContext(actx, op.Method, target, bytes.NewReader(body))
	if err != nil {
		return Answer{}, c.fail(op, connector.Invalid, 0, redact(err))
	}
	if body == nil {
		req.Body, req.ContentLength = nil, 0
	} else {
		req.Header.Set("Content-Type", "application/json")
	}
	req.Header.Set("Accept", "application/json")
	if op.Version != "" {
		req.Header.Set("Version", op.Version)
	}
	if c.o.Authorize != nil {
		if err := c.o.Authorize(req); err != nil {
			return Answer{}, c.fail(op, connector.Auth, 0, redact(err))
		}
	}
	sent := c.o.Now()
	res, err := c.http.Do(req)
	if err != nil {
		return Answer{}, c.observe(op, sent, c.lost(op, err))
	}
	defer res.Body.Close()
	got, err := io.ReadAll(io.LimitReader(res.Body, answerBytesMax))
	if c.o.Budget != nil {
		c.o.Budget.Learn(res.Header)
	}
	if err != nil {
		return Answer{}, c.observe(op, sent, c.lost(op, err))
	}
	answer := Answer{Status: res.StatusCode, Header: res.Header, Body: got, SentAt: sent, ReceivedAt: c.o.Now()}
	if res.StatusCode < 200 || res.StatusCode > 299 {
		return answer, c.observe(op, sent, c.refused(op, res.StatusCode, res.Header, got))
	}
	if len(got) > 0 && !json.Valid(got) {
		e := c.lost(op, errors.New("the answer is cut off or not JSON"))
		e.Status = res.StatusCode
		return answer, c.observe(op, sent, e)
	}
	c.circuit.succeeded()
	c.o.Observe(Call{Pair: c.o.Pair, Side: c.o.Side, Operation: op.ID, Status: res.StatusCode, Took: c.o.Now().Sub(sent)})
	return answer, nil
}

func (c *Client) observe(op operation.Operation, sent time.Time, e *connector.Error) *connector.Error {
	switch e.Class {
	case connector.Transient, connector.Ambiguous:
		c.circuit.failed(c.o.Now())
	default:
		c.circuit.succeeded()
	}
	c.o.Observe(Call{Pair: c.o.Pair, Side: c.o.Side, Operation: op.ID, Status: e.Status, Class: e.Class, Took: c.o.Now().Sub(sent)})
	return e
}

// lost classes a call without a usable answer. Before the connection stood nothing was sent; after that a call that is
// not safe to repeat may have happened.
func (c *Client) lost(op operation.Operation, err error) *connector.Error {
	var dial *net.OpError
	if op.Repeatable || errors.Is(err, syscall.ECONNREFUSED) || errors.As(err, &dial) && dial.Op == "dial" {
		return c.fail(op, connector.Transient, 0, redact(err))
	}
	return c.fail(op, connector.Ambiguous, 0, redact(err))
}

// refused classes an answer that is not 2xx, and keeps calls back after a 429.
func (c *Client) refused(op operation.Operation, status int, h http.Header, body []byte) *connector.Error {
	e := c.o.Classify(op, status, h, body)
	e.Op, e.Status = name(op), status
	if e.Class == connector.Throttled {
		if e.After <= 0 {
			e.After = retryAfter(h)
		}
		if e.After <= 0 {
			e.After = throttledWait
			if c.o.Budget != nil && c.o.Budget.Interval() > 0 {
				e.After = c.o.Budget.Interval()
			}
			e.After += rand.N(e.After/4 + time.Millisecond)
		}
		if c.o.Budget != nil {
			c.o.Budget.Penalty(e.After)
		}
	}
	return e
}

func retryAfter(h http.Header) time.Duration {
	s, err := strconv.Atoi(h.Get("Retry-After"))
	if err != nil || s < 0 || s > 24*3600 {
		return 0
	}
	return time.Duration(s) * time.Second
}

func (c *Client) fail(op operation.Operation, class connector.Class, status int, err error) *connector.Error {
	return &connector.Error{Class: class, Op: name(op), Status: status, Err: err}
}

// name is an operation as errors have it: "ghl contacts.update".
func name(op operation.Operation) string {
	return strings.Replace(op.ID, ".", " ", 1)
}

// redact takes the address out of an error of net/http: it may hold an e-mail or a phone in its query.
func redact(err error) error {
	var ue *url.Error
	if errors.As(err, &ue) {
		return ue.Err
	}
	return err
}
