package commonsku_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/getkin/kin-openapi/openapi3filter"
	"github.com/getkin/kin-openapi/routers"
	"github.com/getkin/kin-openapi/routers/legacy"

	"tandem/internal/connector"
	"tandem/internal/record"
)

// contract reads the commonsku contract for a server. strict: a property that it does not name is a mistake; that cannot
// hold for answers, whose schemas add to those of requests.
func contract(t *testing.T, server string, strict bool) routers.Router {
	t.Helper()
	shared := os.Getenv("TANDEM_SHARED")
	if shared == "" {
		shared = filepath.Join("..", "..", "..", "..", "shared")
	}
	file := filepath.Join(shared, "contracts", "commonsku.openapi.yaml")
	if _, err := os.Stat(file); errors.Is(err, os.ErrNotExist) {
		if os.Getenv("TANDEM_REQUIRE_SHARED") == "1" {
			t.Fatalf("the contract is missing: %v", err)
		}
		t.Skipf("the contract is not here: %v", err)
	}
	doc, err := openapi3.NewLoader().LoadFromFile(file)
	if err != nil {
		t.Fatal(err)
	}
	for name, schema := range doc.Components.Schemas {
		if no := false; strict && (strings.HasSuffix(name, "Write") || name == "Address") {
			schema.Value.AdditionalProperties = openapi3.AdditionalProperties{Has: &no}
		}
	}
	doc.Servers = openapi3.Servers{{URL: server}}
	router, err := legacy.NewRouter(doc)
	if err != nil {
		t.Fatal(err)
	}
	return router
}

// conforming holds every request against the contract, and with answers every answer too.
type conforming struct {
	t       *testing.T
	router  routers.Router
	answers bool
	checked int
}

func (c *conforming) RoundTrip(r *http.Request) (*http.Response, error) {
	route, params, err := c.router.FindRoute(r)
	if err != nil {
		c.t.Errorf("%s %s is not in the contract: %v", r.Method, r.URL, err)
		return http.DefaultTransport.RoundTrip(r)
	}
	var body []byte
	if r.Body != nil {
		if body, err = io.ReadAll(r.Body); err != nil {
			return nil, err
		}
		r.Body = io.NopCloser(bytes.NewReader(body))
	}
	in := &openapi3filter.RequestValidationInput{Request: r, PathParams: params, Route: route, Options: &openapi3filter.Options{
		MultiError: true, IncludeResponseStatus: true,
		AuthenticationFunc: func(_ context.Context, a *openapi3filter.AuthenticationInput) error {
			if r.Header.Get("X-API-KEY") == "" {
				return errors.New("no key")
			}
			return nil
		}}}
	if err := openapi3filter.ValidateRequest(r.Context(), in); err != nil {
		c.t.Errorf("%s %s %s: %v", r.Method, r.URL, body, err)
	}
	c.checked++
	r.Body = io.NopCloser(bytes.NewReader(body))
	resp, err := http.DefaultTransport.RoundTrip(r)
	if err != nil || !c.answers {
		return resp, err
	}
	got, err := io.ReadAll(resp.Body)
	resp.Body.Close()
	if err != nil {
		return nil, err
	}
	resp.Body = io.NopCloser(bytes.NewReader(got))
	out := &openapi3filter.ResponseValidationInput{RequestValidationInput: in, Status: resp.StatusCode, Header: resp.Header, Options: in.Options}
	out.SetBodyBytes(got)
	if err := openapi3filter.ValidateResponse(r.Context(), out); err != nil {
		c.t.Errorf("the answer to %s %s, %d %s: %v", r.Method, r.URL, resp.StatusCode, got, err)
	}
	return resp, nil
}

// Every verb of every kind, with every field that can be written, set and cleared, is a request of the contract.
func TestEveryRequestIsInTheContract(t *testing.T) {
	a := newAccount(t)
	a.otherwise = http.StatusUnprocessableEntity
	check := &conforming{t: t, router: contract(t, a.URL, true)}
	p := load(t, "default")
	d := a.through(t, p, check)
	parents := map[record.Kind]record.Ref{record.Contact: client("k1"), record.Note: contact("c1"), record.Task: contact("c1"), record.Appointment: client("k1")}
	samples := map[string]string{"set": "", "bool": "true", "date": "2026-12-01", "instant": "2026-11-24T15:00:00Z"}
	for kind, k := range p.Kinds {
		set, clear := map[string]record.Value{}, map[string]record.Value{}
		for _, f := range k.Fields {
			if !f.Writable || f.Name == "client_id" {
				continue
			}
			set[f.Name], clear[f.Name] = record.Text("x"), record.Value{}
			if s, ok := samples[string(f.Type)]; ok {
				set[f.Name] = record.Text(s)
			}
			if f.Type == "set" {
				set[f.Name] = record.Set("a", "b")
			}
			if f.Required {
				delete(clear, f.Name) // the contract lets nobody empty them
			}
		}
		ref := record.Ref{Side: record.Commonsku, Kind: kind, ID: "id 1"}
		// What comes back does not matter here: every call is refused by the script.
		_, _ = d.Page(t.Context(), connector.Query{Kind: kind, Since: testNow.AddDate(0, 0, -1)})
		_, _ = d.Get(t.Context(), ref)
		_, _ = d.Find(t.Context(), connector.Lookup{Kind: kind, Email: "a@b.c"})
		_, _ = d.Find(t.Context(), connector.Lookup{Kind: kind, Name: "Acme & Co"})
		_, _ = d.Write(t.Context(), connector.Write{Verb: connector.Create, Ref: record.Ref{Side: record.Commonsku, Kind: kind}, Parent: parents[kind], Fields: set})
		_, _ = d.Write(t.Context(), connector.Write{Verb: connector.Update, Ref: ref, Fields: set})
		_, _ = d.Write(t.Context(), connector.Write{Verb: connector.Update, Ref: ref, Fields: clear})
		_, _ = d.Write(t.Context(), connector.Write{Verb: connector.Delete, Ref: ref})
	}
	if calls := a.made(); check.checked < 30 || check.checked != len(calls) {
		t.Errorf("%d requests were checked, %d made", check.checked, len(calls))
	}
}
