package client

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"reflect"
	"strings"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/getkin/kin-openapi/openapi3filter"
	"github.com/getkin/kin-openapi/routers"
	"github.com/getkin/kin-openapi/routers/legacy"

	"tandem/internal/operate"
	"tandem/internal/record"
	"tandem/internal/web/api"
)

const token = "0123456789abcdef"

// call is one request to an Operator, made on the service itself and through HTTP.
type call struct {
	name string
	do   func(context.Context, api.Operator) (any, error)
}

func calls() []call {
	value := record.Set("a", "b")
	list := operate.ListQuery{Pair: "acme", Cursor: "c/1 &", Limit: 7}
	none := func(err error) (any, error) { return nil, err }
	type ctx = context.Context
	type op = api.Operator
	return []call{
		{"Pairs", func(c ctx, o op) (any, error) { return o.Pairs(c) }},
		{"Pair", func(c ctx, o op) (any, error) { return o.Pair(c, "acme") }},
		{"Sweep", func(c ctx, o op) (any, error) { return none(o.Sweep(c, "acme", true)) }},
		{"Pause", func(c ctx, o op) (any, error) { return none(o.Pause(c, "acme")) }},
		{"Resume", func(c ctx, o op) (any, error) { return none(o.Resume(c, "acme")) }},
		{"Links", func(c ctx, o op) (any, error) {
			return o.Links(c, "acme", operate.LinkQuery{Kind: record.Contact, GHL: "g 1", Commonsku: "c?1", Cursor: "x", Limit: 3})
		}},
		{"History", func(c ctx, o op) (any, error) {
			return o.History(c, record.Ref{Side: record.Commonsku, Kind: record.Contact, ID: "a b%c"}, list)
		}},
		{"Explain", func(c ctx, o op) (any, error) { return o.Explain(c, "+1 (555) ann&bob@x.example") }},
		{"Conflicts", func(c ctx, o op) (any, error) { return o.Conflicts(c, list) }},
		{"ResolveConflict", func(c ctx, o op) (any, error) {
			return none(o.ResolveConflict(c, 7, operate.Resolution{Winner: record.GHL, Value: &value}))
		}},
		{"Errors", func(c ctx, o op) (any, error) { return o.Errors(c, list) }},
		{"Replay", func(c ctx, o op) (any, error) { return none(o.Replay(c, 3)) }},
		{"Discard", func(c ctx, o op) (any, error) { return none(o.Discard(c, 3, "not ours")) }},
		{"Asks", func(c ctx, o op) (any, error) { return o.Asks(c, list) }},
		{"Decide", func(c ctx, o op) (any, error) {
			return none(o.Decide(c, 5, operate.Decision{Decision: "link", With: "c1"}))
		}},
		{"Held", func(c ctx, o op) (any, error) { return o.Held(c, "acme", operate.ListQuery{Limit: 2}) }},
		{"ApproveHeld", func(c ctx, o op) (any, error) { return o.ApproveHeld(c, "acme") }},
		{"DiscardHeld", func(c ctx, o op) (any, error) { return o.DiscardHeld(c, "acme") }},
		{"Match", func(c ctx, o op) (any, error) { return o.Match(c, "acme") }},
		{"ApplyMatch", func(c ctx, o op) (any, error) {
			return o.ApplyMatch(c, "acme", []operate.MatchRow{{GHL: "g1", Decision: "create"}})
		}},
		{"Plan", func(c ctx, o op) (any, error) {
			return o.Plan(c, "acme", operate.SyncOptions{Only: record.Contact, Record: "g1"})
		}},
		{"Sync", func(c ctx, o op) (any, error) { return o.Sync(c, "acme", operate.SyncOptions{Only: record.Contact}) }},
		{"Mapping", func(c ctx, o op) (any, error) { return o.Mapping(c, "acme") }},
		{"Catalog", func(c ctx, o op) (any, error) { return o.Catalog(c) }},
	}
}

// TestThroughHTTPIsTheSame: every method gives over HTTP what it gives directly, asks the same, and passes refusals on;
// and every exchange is as openapi.json says.
func TestThroughHTTPIsTheSame(t *testing.T) {
	far, near := &double{}, &double{}
	server := httptest.NewServer(api.New(api.Options{Operator: far, Token: token}))
	defer server.Close()
	c := New(Options{BaseURL: server.URL + "/", Token: token, HTTP: &http.Client{Transport: asDocumented(t, server.URL)}})

	var operator api.Operator = c
	if n := reflect.TypeFor[api.Operator]().NumMethod(); n != len(calls()) {
		t.Fatalf("%d of %d methods are tried", len(calls()), n)
	}
	for _, k := range calls() {
		want, err := k.do(t.Context(), near)
		if err != nil {
			t.Fatal(err)
		}
		got, err := k.do(t.Context(), operator)
		if err != nil {
			t.Errorf("%s: %v", k.name, err)
			continue
		}
		if !reflect.DeepEqual(got, want) {
			t.Errorf("%s\ngot  %+v\nwant %+v", k.name, got, want)
		}
		if a, b := far.asked[len(far.asked)-1], near.asked[len(near.asked)-1]; a != b {
			t.Errorf("%s asked for %s, want %s", k.name, a, b)
		}
	}
	conflict := aConflict()
	for _, fault := range []operate.Fault{operate.NotFound, operate.Invalid, operate.Moved, operate.Refused, operate.Unavailable} {
		want := &operate.Error{Fault: fault, Title: "No", Detail: "because", Current: &conflict}
		far.fail = want
		for _, k := range calls() {
			_, err := k.do(t.Context(), operator)
			var got *operate.Error
			if !errors.As(err, &got) || !reflect.DeepEqual(got, want) {
				t.Errorf("%s refused as %s gives %+v", k.name, fault, err)
			}
		}
	}
}

// asDocumented checks each exchange against the document that the service itself serves.
func asDocumented(t *testing.T, base string) http.RoundTripper {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, base+"/api/openapi.json", nil)
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Authorization", "Bearer "+token)
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = answer.Body.Close() }()
	content, err := io.ReadAll(answer.Body)
	if err != nil {
		t.Fatal(err)
	}
	doc, err := openapi3.NewLoader().LoadFromData(content)
	if err != nil {
		t.Fatal(err)
	}
	doc.Servers = openapi3.Servers{{URL: base}}
	router, err := legacy.NewRouter(doc)
	if err != nil {
		t.Fatal(err)
	}
	return &documented{t, router}
}

type documented struct {
	t      *testing.T
	router routers.Router
}

func (d *documented) RoundTrip(r *http.Request) (*http.Response, error) {
	route, params, err := d.router.FindRoute(r)
	if err != nil {
		d.t.Errorf("%s %s is not documented: %v", r.Method, r.URL.Path, err)
		return http.DefaultTransport.RoundTrip(r)
	}
	in := &openapi3filter.RequestValidationInput{
		Request: r, PathParams: params, Route: route,
		Options: &openapi3filter.Options{AuthenticationFunc: openapi3filter.NoopAuthenticationFunc},
	}
	if err := openapi3filter.ValidateRequest(r.Context(), in); err != nil {
		d.t.Errorf("request %s %s: %v", r.Method, r.URL, err)
	}
	answer, err := http.DefaultTransport.RoundTrip(r)
	if err != nil {
		return nil, err
	}
	content, err := io.ReadAll(answer.Body)
	if err != nil {
		return nil, err
	}
	answer.Body = io.NopCloser(strings.NewReader(string(content)))
	out := &openapi3filter.ResponseValidationInput{RequestValidationInput: in, Status: answer.StatusCode, Header: answer.Header}
	if err := openapi3filter.ValidateResponse(r.Context(), out.SetBodyBytes(content)); err != nil {
		d.t.Errorf("answer to %s %s: %v", r.Method, r.URL, err)
	}
	return answer, nil
}

func TestWhatIsNotTandemIsTold(t *testing.T) {
	page := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		http.Error(w, "<html>Bad gateway</html>", http.StatusBadGateway)
	}))
	gone := httptest.NewServer(http.NotFoundHandler())
	gone.Close()
	defer page.Close()
	for _, base := range []string{page.URL, gone.URL} {
		_, err := New(Options{BaseURL: base, Token: token}).Pairs(t.Context())
		if operate.FaultOf(err) != operate.Unavailable || !strings.Contains(err.Error(), strings.TrimPrefix(base, "http://")) {
			t.Errorf("%v", err)
		}
	}
}

func TestAWrongTokenIsRefused(t *testing.T) {
	server := httptest.NewServer(api.New(api.Options{Operator: &double{}, Token: token}))
	defer server.Close()
	_, err := New(Options{BaseURL: server.URL, Token: "wrong"}).Pairs(t.Context())
	if operate.FaultOf(err) != operate.Refused || !strings.Contains(err.Error(), "admin token") {
		t.Errorf("%v", err)
	}
}
