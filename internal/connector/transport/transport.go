// Package transport is the one way in which connectors call out. Every call passes the same chain: circuit, budget,
// authorisation, deadline, classification of the answer, and for repeatable operations a few retries.
//
// It never repeats a create: where its answer was lost the class is Ambiguous, and the caller looks before it tries
// again (I2). It never exceeds a quota (I9). Nothing that it returns or reports holds a secret, an e-mail address or a
// phone number. It follows no redirect, and speaks plain HTTP only to this machine.
package transport

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/http"
	"net/url"
	"time"

	"tandem/internal/budget"
	"tandem/internal/connector"
	"tandem/internal/operation"
	"tandem/internal/record"
)

// Options of a Client.
type Options struct {
	Side    record.Side
	Pair    string
	BaseURL string // "https://services.leadconnectorhq.com", without a trailing slash; a path is kept
	// Authorize puts the credential into a request. It is called for every attempt, so a renewed one is used at once.
	Authorize func(*http.Request) error
	// Refresh renews the credential after an answer of class Auth; the call is then made once more. nil: it cannot be renewed.
	Refresh func(ctx context.Context) error
	Budget  *budget.Budget // nil: unlimited
	// Base makes the round trips; nil: a pool of its own. Pairs share one Pool.
	Base http.RoundTripper
	// Classify reads an answer that is not 2xx. It may return nil where the status says all. It need not care whether the
	// operation is repeatable: a 5xx to one that is not becomes Ambiguous here.
	Classify func(op operation.Operation, status int, h http.Header, body []byte) *connector.Error
	Observe  func(Call)       // told of each attempt; nil: nobody
	Now      func() time.Time // nil: time.Now
	Rand     func() float64   // in [0, 1), for jitter; nil: math/rand
	Attempt  time.Duration    // deadline of one attempt; 30 s unless set
	Tries    int              // attempts at a repeatable operation; 3 unless set
	BodyMax  int64            // bytes of an answer; 32 MiB unless set
}

// Client makes calls to one account. Safe for concurrent use.
type Client struct {
	o       Options
	base    *url.URL
	circuit *circuit
	traced  bool // Base tells when a request left, so an unsent one is known to be unsent
}

// New checks the options and makes a Client.
func New(o Options) (*Client, error) {
	base, err := url.Parse(o.BaseURL)
	if err != nil || base.Host == "" {
		return nil, fmt.Errorf("%s: base URL %q is no URL with a host", o.Side, Redact(o.BaseURL))
	}
	switch {
	case base.Scheme == "http" && !loopback(base.Hostname()):
		return nil, fmt.Errorf("%s: base URL http://%s would send the credential in the clear: use https (plain http is for this machine only)", o.Side, base.Host)
	case base.Scheme != "http" && base.Scheme != "https":
		return nil, fmt.Errorf("%s: base URL must begin with https://", o.Side)
	case base.User != nil || base.RawQuery != "" || base.Fragment != "":
		return nil, fmt.Errorf("%s: base URL must not have a user, query or fragment", o.Side)
	}
	if o.Base == nil {
		o.Base = Pool()
	}
	if o.Budget == nil {
		o.Budget = budget.New(budget.Options{})
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Rand == nil {
		o.Rand = rand.Float64
	}
	if o.Authorize == nil {
		o.Authorize = func(*http.Request) error { return nil }
	}
	if o.Classify == nil {
		o.Classify = func(operation.Operation, int, http.Header, []byte) *connector.Error { return nil }
	}
	if o.Observe == nil {
		o.Observe = func(Call) {}
	}
	if o.Attempt == 0 {
		o.Attempt = 30 * time.Second
	}
	if o.Tries == 0 {
		o.Tries = 3
	}
	if o.BodyMax == 0 {
		o.BodyMax = 32 << 20
	}
	_, traced := o.Base.(*http.Transport)
	return &Client{o: o, base: base, circuit: newCircuit(o.Now, o.Rand), traced: traced}, nil
}

// Request is what one call needs beside its operation.
type Request struct {
	PathParams map[string]string // by the names in the operation's path
	Query      url.Values
	Body       any // nil: none; []byte is sent as it is, anything else as JSON
	Header     http.Header
}

// Answer is a 2xx answer, read whole.
type Answer struct {
	Status             int
	Header             http.Header
	Body               []byte
	SentAt, ReceivedAt time.Time
	op                 operation.Operation
}

// Call is one attempt, as metrics, logs and traces see it.
type Call struct {
	Pair    string
	Op      operation.Operation
	Lane    connector.Lane
	Try     int // 1 is the first
	Status  int // 0: no answer
	Class   connector.Class
	Waited  time.Duration // for the budget
	Took    time.Duration // from sending to the end of the answer
	TraceID string        // the far side's own id of the call, where it told one
}

// Do makes one call and returns its 2xx answer. Every error is a *connector.Error.
func (c *Client) Do(ctx context.Context, op operation.Operation, r Request) (Answer, error) {
	body, err := encode(r.Body)
	if err != nil {
		return Answer{}, c.unsent(op, connector.Invalid, 0, err)
	}
	target, err := c.target(op, r)
	if err != nil {
		return Answer{}, c.unsent(op, connector.Invalid, 0, err)
	}
	refreshed := false
	for try := 1; ; try++ {
		a, cerr := c.attempt(ctx, op, r, target, body, try)
		if cerr == nil {
			return a, nil
		}
		if cerr.Class == connector.Auth && c.o.Refresh != nil && !refreshed {
			refreshed = true
			if err := c.o.Refresh(ctx); err != nil {
				return Answer{}, c.refreshFailed(op, cerr, err)
			}
			continue // refused before anything happened: safe for a create too
		}
		wait, again := c.again(op, cerr, try)
		if !again || !sleep(ctx, wait) {
			return Answer{}, cerr
		}
	}
}

// refreshFailed keeps the class of a refresh that failed for a passing reason, so that a network fault does not look like
// a revoked grant.
func (c *Client) refreshFailed(op operation.Operation, refused *connector.Error, err error) error {
	var ce *connector.Error
	if errors.As(err, &ce) && ce.Class != connector.Auth {
		return ce
	}
	refused.Err = fmt.Errorf("%w; and renewing the credential: %s", refused.Err, Redact(err.Error()))
	return refused
}

// attempt makes one round trip, inside the budget and the circuit.
func (c *Client) attempt(ctx context.Context, op operation.Operation, r Request, target string, body []byte, try int) (Answer, *connector.Error) {
	probe, wait := c.circuit.enter()
	if wait > 0 {
		return Answer{}, c.unsent(op, connector.Transient, wait, errors.New("the last calls all failed: waiting before the next one"))
	}
	lane := connector.LaneOf(ctx)
	asked := c.o.Now()
	if err := c.o.Budget.Take(ctx, budget.Lane(lane)); err != nil {
		c.circuit.leave(probe)
		return Answer{}, c.budgetError(op, err)
	}
	call := Call{Pair: c.o.Pair, Op: op, Lane: lane, Try: try, Waited: c.o.Now().Sub(asked)}
	a, header, cerr := c.roundTrip(ctx, op, r, target, body)
	c.o.Budget.Done(header)
	call.Took, call.Status = a.ReceivedAt.Sub(a.SentAt), a.Status
	if cerr != nil {
		call.Class, call.Status = cerr.Class, cerr.Status
		switch cerr.Class {
		case connector.Throttled:
			c.o.Budget.Penalty(c.jittered(cerr.After))
		case connector.Quota:
			c.o.Budget.DayOut(cerr.After)
		}
	}
	if ctx.Err() == context.Canceled {
		c.circuit.leave(probe) // our own doing says nothing of the side
	} else {
		c.circuit.report(probe, cerr)
	}
	call.TraceID = traceID(header, a.Body)
	c.o.Observe(call)
	if cerr != nil {
		return Answer{}, cerr
	}
	return a, nil
}

func (c *Client) budgetError(op operation.Operation, err error) *connector.Error {
	var out *budget.Exhausted
	switch {
	case errors.As(err, &out) && out.Day:
		return c.unsent(op, connector.Quota, out.After, out)
	case errors.As(err, &out):
		return c.unsent(op, connector.Throttled, out.After, out)
	}
	return c.unsent(op, connector.Transient, 0, err)
}

// unsent is the error of a call that never left.
func (c *Client) unsent(op operation.Operation, class connector.Class, after time.Duration, err error) *connector.Error {
	return &connector.Error{Class: class, Op: opName(op), After: after, Err: redacted(err)}
}

func opName(op operation.Operation) string { return string(op.System) + " " + op.Name() }
