package commonsku_test

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"tandem/internal/connector"
	"tandem/internal/connector/commonsku"
	"tandem/internal/record"
)

// account is an HTTP server that answers by script: accounts that differ from the contract, and answers that no
// simulated account would give. What the contract has is tested against the sandbox.
type account struct {
	*httptest.Server
	mu      sync.Mutex
	answers map[string]func(w http.ResponseWriter, q url.Values, body map[string]any)
	calls   []string // "METHOD /path?query body"
	// otherwise is the status of routes without a script; 0: what the gateway says of routes that do not exist.
	otherwise int
}

func newAccount(t *testing.T) *account {
	a := &account{answers: map[string]func(http.ResponseWriter, url.Values, map[string]any){}}
	a.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		text, err := io.ReadAll(r.Body)
		if err != nil {
			t.Error(err)
		}
		var body map[string]any
		if len(text) > 0 && json.Unmarshal(text, &body) != nil {
			t.Errorf("%s %s: the body is no JSON: %s", r.Method, r.URL, text)
		}
		a.mu.Lock()
		a.calls = append(a.calls, strings.TrimSpace(r.Method+" "+r.URL.RequestURI()+" "+string(text)))
		answer := a.answers[r.Method+" "+r.URL.Path]
		a.mu.Unlock()
		w.Header().Set("Content-Type", "application/json")
		if answer == nil && a.otherwise != 0 {
			w.WriteHeader(a.otherwise)
			fmt.Fprint(w, `{}`)
			return
		}
		if answer == nil {
			w.WriteHeader(http.StatusForbidden)
			fmt.Fprint(w, `{"message":"Missing Authentication Token"}`)
			return
		}
		answer(w, r.URL.Query(), body)
	}))
	t.Cleanup(a.Close)
	return a
}

// on answers a route with a status and a text.
func (a *account) on(route string, status int, text string) {
	a.do(route, func(w http.ResponseWriter, _ url.Values, _ map[string]any) {
		w.WriteHeader(status)
		fmt.Fprint(w, text)
	})
}

func (a *account) do(route string, f func(http.ResponseWriter, url.Values, map[string]any)) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.answers[route] = f
}

// made are the calls since the last look.
func (a *account) made() []string {
	a.mu.Lock()
	defer a.mu.Unlock()
	out := a.calls
	a.calls = nil
	return out
}

func (a *account) driver(t *testing.T, profile string) *commonsku.Driver {
	t.Helper()
	p, err := commonsku.ParseProfile("test.yaml", []byte(profile))
	if err != nil {
		t.Fatal(err)
	}
	return a.with(t, p)
}

func (a *account) with(t *testing.T, p *commonsku.Profile) *commonsku.Driver {
	t.Helper()
	return a.through(t, p, nil)
}

func (a *account) through(t *testing.T, p *commonsku.Profile, base http.RoundTripper) *commonsku.Driver {
	t.Helper()
	d, err := commonsku.New(commonsku.Options{Pair: "acme", BaseURL: a.URL, Profile: p, Token: token, Base: base,
		Now: func() time.Time { return testNow }})
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// builtin changes lines of a built-in profile.
func builtin(t *testing.T, name string, oldNew ...string) string {
	t.Helper()
	text, err := commonsku.Source(name)
	if err != nil {
		t.Fatal(err)
	}
	for i := 0; i < len(oldNew); i += 2 {
		if !strings.Contains(string(text), oldNew[i]) {
			t.Fatalf("profile %s has no %q", name, oldNew[i])
		}
	}
	return strings.NewReplacer(oldNew...).Replace(string(text))
}

var testNow = time.Date(2026, 11, 24, 12, 0, 0, 0, time.UTC)

func contact(id string) record.Ref {
	return record.Ref{Side: record.Commonsku, Kind: record.Contact, ID: id}
}

func client(id string) record.Ref {
	return record.Ref{Side: record.Commonsku, Kind: record.Company, ID: id}
}

func fields(pairs ...string) map[string]record.Value {
	out := map[string]record.Value{}
	for i := 0; i < len(pairs); i += 2 {
		out[pairs[i]] = record.Text(pairs[i+1])
	}
	return out
}

func TestErrorsSayWhatTheCallerCanDo(t *testing.T) {
	const missing = `{"message":"Missing Authentication Token"}`
	ctx := t.Context()
	get := func(d *commonsku.Driver) error { _, err := d.Get(ctx, contact("c1")); return err }
	list := func(d *commonsku.Driver) error {
		_, err := d.Page(ctx, connector.Query{Kind: record.Contact})
		return err
	}
	create := func(d *commonsku.Driver) error {
		_, err := d.Write(ctx, connector.Write{Verb: connector.Create, Ref: contact(""), Parent: client("k1"), Fields: fields("first_name", "Ann", "last_name", "Lee")})
		return err
	}
	update := func(d *commonsku.Driver) error {
		_, err := d.Write(ctx, connector.Write{Verb: connector.Update, Ref: contact("c1"), Fields: fields("first_name", "Ann")})
		return err
	}
	newClient := func(d *commonsku.Driver) error {
		_, err := d.Write(ctx, connector.Write{Verb: connector.Create, Ref: client(""), Fields: fields("name", "Acme")})
		return err
	}
	for _, c := range []struct {
		name   string
		do     func(*commonsku.Driver) error
		route  string
		status int
		body   string
		want   connector.Class
		field  string
		inWay  string
	}{
		{"a bad key", get, "GET /contacts/c1", 403, `{"message":"Forbidden"}`, connector.Auth, "", ""},
		{"no such path, told by the gateway", get, "GET /contacts/c1", 403, missing, connector.Absent, "", ""},
		{"no such verb", update, "PATCH /contacts/c1", 405, ``, connector.Absent, "", ""},
		{"no such list", list, "GET /contacts", 404, `{"message":"Not Found"}`, connector.Absent, "", ""},
		{"a permission", update, "PATCH /contacts/c1", 403, `{"message":"User may not modify contacts"}`, connector.Forbidden, "", ""},
		{"a key that expired elsewhere", get, "GET /contacts/c1", 401, `{"message":"Unauthorized"}`, connector.Auth, "", ""},
		{"a record that is not there", get, "GET /contacts/c1", 404, `{"message":"Not Found"}`, connector.Gone, "", ""},
		{"a write to a record that is not there", update, "PATCH /contacts/c1", 404, `{}`, connector.Gone, "", ""},
		{"the parent of a create that is not there", create, "POST /contacts", 404, `{"message":"client not found"}`, connector.Invalid, "", ""},
		{"the day's quota", get, "GET /contacts/c1", 429, `{"message":"Limit Exceeded"}`, connector.Quota, "", ""},
		{"a value that is refused", create, "POST /contacts", 422, `{"message":"invalid","errors":{"contact_email":["is no address"]}}`, connector.Invalid, "email", ""},
		{"a field that the profile does not know", create, "POST /contacts", 422, `{"errors":{"shoe_size":["?"]}}`, connector.Invalid, "shoe_size", ""},
		{"bad input", create, "POST /contacts", 400, `{"message":"bad"}`, connector.Invalid, "", ""},
		{"a name that exists", newClient, "POST /clients", 409, `{"message":"exists","data":{"client_id":"k7"}}`, connector.Duplicate, "", "k7"},
		{"a create that timed out behind the gateway", create, "POST /contacts", 504, `{"message":"Endpoint request timed out"}`, connector.Ambiguous, "", ""},
		{"a create behind a broken gateway", create, "POST /contacts", 502, `<html>bad gateway</html>`, connector.Ambiguous, "", ""},
		{"a create that says yes to nothing", create, "POST /contacts", 201, `{"data":{}}`, connector.Ambiguous, "", ""},
		{"a create whose answer is cut off", create, "POST /contacts", 201, `{"data":{"contact_id":"c`, connector.Ambiguous, "", ""},
		{"a read that answers something else", get, "GET /contacts/c1", 200, `{"hello":"world"}`, connector.Transient, "", ""},
		{"a read that answers another record", get, "GET /contacts/c1", 200, `{"data":{"contact_id":"c2"}}`, connector.Transient, "", ""},
		{"a list that is none", list, "GET /contacts", 200, `{"data":{"a":1}}`, connector.Transient, "", ""},
		{"a redirect", list, "GET /contacts", 302, ``, connector.Absent, "", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			a := newAccount(t)
			a.on(c.route, c.status, c.body)
			err := c.do(a.with(t, load(t, "default")))
			e, ok := connector.AsError(err)
			if !ok || e.Class != c.want || e.Field != c.field || e.InWay.ID != c.inWay {
				t.Fatalf("got %#v (%v), want class %s, field %q, in the way %q", e, err, c.want, c.field, c.inWay)
			}
			if c.want == connector.Quota && e.After <= 0 {
				t.Error("nothing says when to try again")
			}
		})
	}
}

func TestARefusalIsToldWithoutPeoplesAddresses(t *testing.T) {
	a := newAccount(t)
	a.on("PATCH /contacts/c1", 422, `{"message":"ann@acme.com and +1 3125550100 are taken by somebody"}`)
	_, err := a.with(t, load(t, "default")).Write(t.Context(), connector.Write{Verb: connector.Update, Ref: contact("c1"), Fields: fields("email", "ann@acme.com")})
	if err == nil || strings.Contains(err.Error(), "ann@") || strings.Contains(err.Error(), "3125550100") || !strings.Contains(err.Error(), "taken by somebody") {
		t.Errorf("%v", err)
	}
}

func TestAKindThatDoesNotAnswerIsSwitchedOffAndNotAskedAgain(t *testing.T) {
	a := newAccount(t)
	d := a.with(t, load(t, "default"))
	if can := d.Can().Kinds[record.Note]; can.Ability != connector.Writable {
		t.Fatalf("notes at first: %+v", can)
	}
	for range 3 {
		if _, err := d.Page(t.Context(), connector.Query{Kind: record.Note}); connector.ClassOf(err) != connector.Absent {
			t.Fatalf("want absent, got %v", err)
		}
	}
	if calls := a.made(); len(calls) != 1 {
		t.Errorf("asked %q", calls)
	}
	if can := d.Can().Kinds[record.Note]; can.Ability != connector.None || !strings.Contains(can.Reason, "GET /notes") {
		t.Errorf("notes afterwards: %+v", can)
	}
	if can := d.Can().Kinds[record.Contact]; can.Ability != connector.Writable {
		t.Errorf("contacts are still writable: %+v", can)
	}
}

func TestOnePathThatTheGatewayDislikesSwitchesNothingOff(t *testing.T) {
	a := newAccount(t)
	a.on("GET /contacts/c1", 200, `{"data":{"contact_id":"c1"}}`)
	d := a.with(t, load(t, "default"))
	for _, id := range []string{"c1", "c/2", "c1"} {
		_, err := d.Get(t.Context(), contact(id))
		if want := map[string]connector.Class{"c1": "", "c/2": connector.Absent}[id]; connector.ClassOf(err) != want {
			t.Errorf("%s: %v, want class %q", id, err, want)
		}
	}
}
