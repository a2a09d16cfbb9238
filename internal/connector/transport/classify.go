package transport

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"tandem/internal/connector"
	"tandem/internal/operation"
)

// lost is the error of a call that may have left but has no whole answer. status is that of the half answer, if any.
func (c *Client) lost(ctx, actx context.Context, op operation.Operation, left bool, status int, took time.Duration, err error) *connector.Error {
	e := &connector.Error{Class: connector.Transient, Op: opName(op), Status: status, Err: redacted(cause(err))}
	if left && !op.Repeatable {
		e.Class = connector.Ambiguous
		e.Mend = "The answer to this write was lost. Tandem looks whether it happened before trying again."
	}
	switch {
	case ctx.Err() == context.Canceled:
		e.Err = errors.New("cancelled")
	case ctx.Err() != nil:
		e.Err = fmt.Errorf("no answer within the caller's deadline (%s)", took.Round(time.Millisecond))
	case actx.Err() != nil:
		e.Err = fmt.Errorf("no answer within %s", c.o.Attempt)
	case !left:
		e.Err = fmt.Errorf("not sent: %w", e.Err)
	}
	return e
}

// refused classifies an answer that is not 2xx. What the connector did not recognise is decided by the status.
func (c *Client) refused(op operation.Operation, status int, h http.Header, body []byte, now time.Time) *connector.Error {
	e := c.o.Classify(op, status, h, body)
	if e == nil {
		e = &connector.Error{Class: byStatus(status)}
	}
	if e.Err == nil {
		e.Err = errors.New(strings.ToLower(http.StatusText(status)))
	}
	e.Op, e.Status, e.Err = opName(op), status, redacted(e.Err)
	if e.After == 0 {
		e.After = retryAfter(h, now)
	}
	// A gateway that gives up does not stop what it called: the write may have happened.
	if (status >= 500 || status == http.StatusRequestTimeout) && !op.Repeatable && e.Class == connector.Transient {
		e.Class = connector.Ambiguous
	}
	return e
}

func byStatus(status int) connector.Class {
	switch {
	case status == http.StatusTooManyRequests:
		return connector.Throttled
	case status == http.StatusUnauthorized:
		return connector.Auth
	case status == http.StatusForbidden:
		return connector.Forbidden
	case status == http.StatusNotFound || status == http.StatusGone:
		return connector.Gone
	case status == http.StatusMethodNotAllowed || status/100 == 3:
		return connector.Absent
	case status == http.StatusConflict:
		return connector.Duplicate
	case status == http.StatusRequestTimeout || status == http.StatusTooEarly || status >= 500 || status < 200:
		return connector.Transient
	}
	return connector.Invalid
}

// retryAfter reads Retry-After: seconds, or a date.
func retryAfter(h http.Header, now time.Time) time.Duration {
	v := h.Get("Retry-After")
	if v == "" {
		return 0
	}
	if s, err := strconv.ParseInt(v, 10, 32); err == nil {
		return max(0, time.Duration(s)*time.Second)
	}
	if t, err := http.ParseTime(v); err == nil {
		return max(0, t.Sub(now))
	}
	return 0
}

// cause drops what net/http wraps around an error: the URL has ids and search values in it.
func cause(err error) error {
	var u *url.Error
	if errors.As(err, &u) {
		return u.Err
	}
	return err
}
