package commonsku_test

import (
	"bytes"
	"io"
	"net/http"
	"testing"

	"tandem/internal/connector"
	"tandem/internal/connector/commonsku"
	"tandem/internal/record"
)

// answering is a far side that gives one answer to everything, without a socket.
type answering struct {
	status int
	body   []byte
}

func (a answering) RoundTrip(r *http.Request) (*http.Response, error) {
	return &http.Response{StatusCode: a.status, Header: http.Header{"Content-Type": {"application/json"}}, Body: io.NopCloser(bytes.NewReader(a.body)), Request: r}, nil
}

// Whatever an account answers: a record or a classed error, never a panic, and never a record without an id or of another.
func FuzzAnswers(f *testing.F) {
	for _, s := range []string{
		`{"data":{"contact_id":"c1","client_id":"k1","contact_first_name":"Ann","address":{"line_1":"1 Main St"},"tags":["a"],"date_updated":"2026-11-23 18:04:05"}}`,
		`{"data":[{"contact_id":"c1","date_deleted":"2026-11-23"},null,7],"meta":{"cursor":"x","total":3}}`,
		`{"data":{"contact_id":"c1","address":[1],"tags":{"a":1},"contact_email":{}}}`,
		`{"data":null}`, `[]`, `{"message":"Forbidden","errors":{"contact_email":["x"]}}`, `<html>`, ``,
	} {
		f.Add(200, []byte(s))
		f.Add(422, []byte(s))
	}
	p, err := commonsku.LoadProfile("default")
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, status int, body []byte) {
		if status < 200 || status > 499 || status == 429 || status == 408 || status == 425 {
			return // what is tried again after a while
		}
		d, err := commonsku.New(commonsku.Options{BaseURL: "http://127.0.0.1:1", Profile: p, Token: token, Base: answering{status, body}})
		if err != nil {
			t.Fatal(err)
		}
		page, err := d.Page(t.Context(), connector.Query{Kind: record.Contact})
		classed(t, err)
		for _, r := range page.Records {
			if r.Ref.ID == "" || r.Ref.Kind != record.Contact {
				t.Fatalf("a row without an id: %+v", r)
			}
		}
		w := connector.Write{Verb: connector.Update, Ref: contact("c1"), Fields: fields("email", "x@y.z")}
		r, err := d.Write(t.Context(), w)
		if classed(t, err); err == nil && r.Ref != w.Ref {
			t.Fatalf("an update of %s answered %s", w.Ref, r.Ref)
		}
		r, err = d.Write(t.Context(), connector.Write{Verb: connector.Create, Ref: contact(""), Parent: client("k1"), Fields: fields("first_name", "A", "last_name", "B")})
		if classed(t, err); err == nil && r.Ref.ID == "" {
			t.Fatalf("a create answered nobody: %+v", r)
		}
	})
}

func classed(t *testing.T, err error) {
	if e, ok := connector.AsError(err); err != nil && (!ok || e.Class == "" || e.Op == "") {
		t.Fatalf("an error without class or operation: %#v", err)
	}
}
