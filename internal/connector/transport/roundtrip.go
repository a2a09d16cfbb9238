package transport

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptrace"
	"net/url"
	"strconv"
	"strings"
	"sync/atomic"
	"time"

	"tandem/internal/connector"
	"tandem/internal/operation"
)

// roundTrip sends one request and reads its answer whole. The header is what came of one, even where the body was lost.
func (c *Client) roundTrip(ctx context.Context, op operation.Operation, r Request, target string, body []byte) (Answer, http.Header, *connector.Error) {
	a := Answer{op: op}
	actx, cancel := context.WithTimeout(ctx, c.o.Attempt)
	defer cancel()
	var left atomic.Bool // the request may have reached the wire
	if c.traced {
		actx = httptrace.WithClientTrace(actx, &httptrace.ClientTrace{WroteHeaders: func() { left.Store(true) }})
	} else {
		left.Store(true)
	}
	req, err := c.request(actx, op, r, target, body)
	if err != nil {
		a.SentAt = c.o.Now()
		a.ReceivedAt = a.SentAt
		if ce, ok := connector.AsError(err); ok {
			return a, nil, ce
		}
		return a, nil, c.unsent(op, connector.Auth, 0, err)
	}
	a.SentAt = c.o.Now()
	resp, err := c.o.Base.RoundTrip(req)
	if err != nil {
		a.ReceivedAt = c.o.Now()
		return a, nil, c.lost(ctx, actx, op, left.Load(), 0, a.ReceivedAt.Sub(a.SentAt), err)
	}
	defer resp.Body.Close()
	a.Status, a.Header = resp.StatusCode, resp.Header
	a.Body, err = readAll(resp, c.o.BodyMax)
	a.ReceivedAt = c.o.Now()
	if resp.StatusCode/100 == 2 {
		if err == nil {
			err = whole(a.Body)
		}
		if err != nil {
			return a, resp.Header, c.lost(ctx, actx, op, true, resp.StatusCode, a.ReceivedAt.Sub(a.SentAt), err)
		}
		return a, resp.Header, nil
	}
	return a, resp.Header, c.refused(op, resp.StatusCode, resp.Header, a.Body, a.ReceivedAt)
}

func (c *Client) request(ctx context.Context, op operation.Operation, r Request, target string, body []byte) (*http.Request, error) {
	var rd io.Reader
	if body != nil {
		rd = bytes.NewReader(body)
	}
	req, err := http.NewRequestWithContext(ctx, op.Method, target, rd)
	if err != nil {
		return nil, err
	}
	for k, v := range r.Header {
		req.Header[k] = v
	}
	req.Header["Accept"] = []string{"application/json"}
	req.Header["User-Agent"] = []string{"tandem"}
	if body != nil && req.Header["Content-Type"] == nil {
		req.Header["Content-Type"] = []string{"application/json"}
	}
	if op.Version != "" {
		req.Header["Version"] = []string{op.Version}
	}
	return req, c.o.Authorize(req)
}

// target is the URL of a call, its path parameters filled in.
func (c *Client) target(op operation.Operation, r Request) (string, error) {
	var b strings.Builder
	b.WriteString(strings.TrimSuffix(c.base.String(), "/"))
	rest := op.Path
	for {
		open := strings.IndexByte(rest, '{')
		if open < 0 {
			break
		}
		shut := strings.IndexByte(rest[open:], '}')
		if shut < 0 {
			return "", fmt.Errorf("path %s is malformed", op.Path)
		}
		name := rest[open+1 : open+shut]
		v := r.PathParams[name]
		if v == "" || v == "." || v == ".." {
			return "", fmt.Errorf("path parameter %s is missing", name)
		}
		b.WriteString(rest[:open])
		b.WriteString(url.PathEscape(v))
		rest = rest[open+shut+1:]
	}
	b.WriteString(rest)
	if len(r.Query) > 0 {
		b.WriteByte('?')
		b.WriteString(r.Query.Encode())
	}
	return b.String(), nil
}

func encode(body any) ([]byte, error) {
	switch b := body.(type) {
	case nil:
		return nil, nil
	case []byte:
		return b, nil
	}
	return json.Marshal(body)
}

var errTooLarge = errors.New("the answer is larger than allowed")

func readAll(resp *http.Response, most int64) ([]byte, error) {
	if resp.ContentLength > most {
		return nil, errTooLarge
	}
	var buf bytes.Buffer
	if resp.ContentLength > 0 {
		buf.Grow(int(resp.ContentLength) + bytes.MinRead)
	}
	n, err := buf.ReadFrom(io.LimitReader(resp.Body, most+1))
	if err == nil && n > most {
		err = errTooLarge
	}
	return buf.Bytes(), err
}

// whole says whether a body of success can be all of a JSON document; decoding decides the rest. An empty one is whole.
func whole(b []byte) error {
	b = bytes.TrimSpace(b)
	if len(b) == 0 {
		return nil
	}
	first, last := b[0], b[len(b)-1]
	switch {
	case first == '<':
		return errors.New("the answer is HTML, not JSON: a gateway spoke instead of the system")
	case first == '{' && last != '}' || first == '[' && last != ']' || first == '"' && last != '"':
		return errors.New("the answer is cut off")
	}
	return nil
}

// Decode reads the JSON of an answer into v. An answer that is no such JSON counts as lost: of a read it is Transient, of
// a write that is not repeatable Ambiguous, since the far side said 2xx.
func (a Answer) Decode(v any) error {
	err := json.Unmarshal(a.Body, v)
	if err == nil {
		return nil
	}
	class := connector.Transient
	if !a.op.Repeatable {
		class = connector.Ambiguous
	}
	return &connector.Error{Class: class, Op: opName(a.op), Status: a.Status, Err: fmt.Errorf("the answer is not the JSON that was expected: %s", shape(err))}
}

// shape is what is wrong with a JSON document, without quoting values of it.
func shape(err error) string {
	var t *json.UnmarshalTypeError
	if errors.As(err, &t) {
		return fmt.Sprintf("%s is a %s", t.Field, strings.SplitN(t.Value, " ", 2)[0])
	}
	var s *json.SyntaxError
	if errors.As(err, &s) {
		return "syntax error at byte " + strconv.FormatInt(s.Offset, 10)
	}
	return "undecodable"
}

// Time is when the far side answered by its own clock (the Date header); zero if it did not say.
func (a Answer) Time() time.Time {
	t, err := http.ParseTime(a.Header.Get("Date"))
	if err != nil {
		return time.Time{}
	}
	return t.UTC()
}
