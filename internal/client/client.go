// Package client is operate over HTTP: how the command line works on a running `tandem serve`. Its methods are those of
// *operate.Service, with the same results and the same refusals; it decides nothing and keeps nothing.
package client

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"

	"tandem/internal/operate"
	"tandem/internal/web/problem"
)

// Options of a Client.
type Options struct {
	BaseURL string // "http://127.0.0.1:8080"
	Token   string // the admin token
	// HTTP makes the calls; nil: a plain client without deadline, as a sync may take an hour. ctx ends calls.
	HTTP *http.Client
}

// Client speaks to one service. Safe for concurrent use.
type Client struct {
	base, token string
	http        *http.Client
}

// New makes a Client; it calls nobody yet.
func New(o Options) *Client {
	if o.HTTP == nil {
		o.HTTP = &http.Client{}
	}
	return &Client{strings.TrimRight(o.BaseURL, "/") + "/api/v1", o.Token, o.HTTP}
}

// answerBytesMax holds a plan of a million records.
const answerBytesMax = 1 << 30

func (c *Client) get(ctx context.Context, path string, query url.Values, out any) error {
	if len(query) > 0 {
		path += "?" + query.Encode()
	}
	return c.do(ctx, http.MethodGet, path, nil, out)
}

func (c *Client) post(ctx context.Context, path string, in, out any) error {
	var body []byte
	if in != nil {
		var err error
		if body, err = json.Marshal(in); err != nil {
			return err
		}
	}
	return c.do(ctx, http.MethodPost, path, body, out)
}

func (c *Client) do(ctx context.Context, method, path string, body []byte, out any) error {
	r, err := http.NewRequestWithContext(ctx, method, c.base+path, bytes.NewReader(body))
	if err != nil {
		return err
	}
	r.Header.Set("Authorization", "Bearer "+c.token)
	r.Header.Set("Accept", "application/json")
	if body != nil {
		r.Header.Set("Content-Type", "application/json")
	}
	answer, err := c.http.Do(r)
	if err != nil {
		var u *url.Error
		if errors.As(err, &u) {
			err = u.Err // without the address: the refusal names it
		}
		return &operate.Error{Fault: operate.Unavailable, Title: "The running service does not answer", Detail: c.base + ": " + err.Error(), Err: err}
	}
	defer func() { _ = answer.Body.Close() }()
	content := io.LimitReader(answer.Body, answerBytesMax)
	if answer.StatusCode >= http.StatusMultipleChoices {
		return refusal(answer, content)
	}
	if out == nil {
		_, err := io.Copy(io.Discard, content)
		return err
	}
	if err := json.NewDecoder(content).Decode(out); err != nil {
		return fmt.Errorf("%s %s: the answer is not what this version understands: %w", method, path, err)
	}
	return nil
}

// refusal is the *operate.Error that the service was given.
func refusal(answer *http.Response, content io.Reader) error {
	var d struct {
		problem.Document
		Current *operate.Conflict `json:"current"`
	}
	if err := json.NewDecoder(io.LimitReader(content, 1<<20)).Decode(&d); err != nil || d.Title == "" {
		return &operate.Error{Fault: operate.Unavailable, Title: "Whatever answers there is not Tandem", Detail: answer.Request.URL.Host + " said " + answer.Status}
	}
	e := &operate.Error{Fault: operate.Fault(d.Fault), Title: d.Title, Detail: d.Detail, Current: d.Current}
	if e.Fault == "" {
		switch answer.StatusCode {
		case http.StatusUnauthorized:
			e.Fault = operate.Refused
		case http.StatusNotFound, http.StatusMethodNotAllowed:
			e.Fault = operate.NotFound
		default:
			e.Fault = operate.Unavailable
		}
	}
	return e
}

// seg makes one segment of a path of a text.
func seg(s string) string { return url.PathEscape(s) }
