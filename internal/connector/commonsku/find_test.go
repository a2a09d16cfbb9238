package commonsku_test

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"testing"

	"tandem/internal/connector"
	"tandem/internal/record"
)

func token(context.Context) (string, error) { return "key", nil }

// Whether an account's search is exact is unknown: what it finds is compared here, and read on until an equal row.
func TestFindComparesHere(t *testing.T) {
	a := newAccount(t)
	a.do("GET /clients", func(w http.ResponseWriter, q url.Values, _ map[string]any) {
		if q.Get("cursor") == "" {
			fmt.Fprint(w, `{"data":[{"client_id":"k1","client_name":"Acme Ltd"},{"client_id":"k2","client_name":"Acme Inc"}],"meta":{"cursor":"2"}}`)
			return
		}
		fmt.Fprint(w, `{"data":[{"client_id":"k3","client_name":"ACME "}],"meta":{}}`)
	})
	d := a.with(t, load(t, "default"))
	rows, err := d.Find(t.Context(), connector.Lookup{Kind: record.Company, Name: "acme"})
	if err != nil || len(rows) != 1 || rows[0].Ref.ID != "k3" {
		t.Errorf("%+v, %v", rows, err)
	}
	if calls := a.made(); len(calls) != 2 || !strings.Contains(calls[0], "client_name=acme") {
		t.Errorf("asked %q", calls)
	}
	rows, err = d.Find(t.Context(), connector.Lookup{Kind: record.Company, Name: "Acme Lt"})
	if err != nil || len(rows) != 0 {
		t.Errorf("a prefix was taken for the client: %+v, %v", rows, err)
	}
	a.on("GET /contacts", 200, `{"data":[{"contact_id":"c1","contact_email":"ANN@acme.com "},{"contact_id":"c2","contact_email":"joann@acme.com"}],"meta":{}}`)
	rows, err = d.Find(t.Context(), connector.Lookup{Kind: record.Contact, Email: "ann@acme.com"})
	if err != nil || len(rows) != 1 || rows[0].Ref.ID != "c1" {
		t.Errorf("%+v, %v", rows, err)
	}
	if _, err = d.Find(t.Context(), connector.Lookup{Kind: record.Contact, Phone: "+13125550100"}); connector.ClassOf(err) != connector.Absent {
		t.Errorf("a search by phone, which the account has not: %v", err)
	}
}

func TestWithoutASingleReadThePageIsReadAgain(t *testing.T) {
	a := newAccount(t)
	gone := false
	a.do("GET /clients", func(w http.ResponseWriter, q url.Values, _ map[string]any) {
		switch q.Get("cursor") {
		case "":
			fmt.Fprint(w, `{"data":[{"client_id":"k1","client_name":"A"},{"client_id":"k2","client_name":"B"}],"meta":{"cursor":"p2"}}`)
		case "p2":
			if gone {
				fmt.Fprint(w, `{"data":[{"client_id":"k9","client_name":"Z"}],"meta":{}}`)
				return
			}
			fmt.Fprint(w, `{"data":[{"client_id":"k3","client_name":"C"}],"meta":{}}`)
		}
	})
	d := a.with(t, load(t, "readonly"))
	r, err := d.Get(t.Context(), client("k3"))
	if err != nil || r.Text("name") != "C" || len(a.made()) != 2 {
		t.Fatalf("%+v, %v", r, err)
	}
	// Records of pages just read cost nothing, however many ask at once.
	var wg sync.WaitGroup
	for _, id := range []string{"k1", "k2", "k3", "k1", "k2"} {
		wg.Go(func() {
			if r, err := d.Get(t.Context(), client(id)); err != nil || r.Ref.ID != id {
				t.Errorf("%s: %+v, %v", id, r, err)
			}
		})
	}
	wg.Wait()
	if calls := a.made(); len(calls) != 0 {
		t.Errorf("made %q", calls)
	}
	// A record that is shown no longer is not said to be gone.
	gone = true
	fresh := a.with(t, load(t, "readonly"))
	if _, err := fresh.Get(t.Context(), client("k3")); connector.ClassOf(err) != connector.Forbidden {
		t.Errorf("out of sight: %v", err)
	}
}

func TestASingleReadMayBeAFilteredList(t *testing.T) {
	a := newAccount(t)
	a.do("GET /contacts", func(w http.ResponseWriter, q url.Values, _ map[string]any) {
		if q.Get("contact_id") == "c 1" && q.Get("full") == "1" {
			fmt.Fprint(w, `{"data":[{"contact_id":"c 10"},{"contact_id":"c 1","contact_first_name":"Ann"}],"meta":{}}`)
			return
		}
		fmt.Fprint(w, `{"data":[],"meta":{}}`)
	})
	d := a.driver(t, builtin(t, "default", "get: GET /contacts/{id}", `get: "GET /contacts?full=1&contact_id={id}"`))
	if r, err := d.Get(t.Context(), contact("c 1")); err != nil || r.Text("first_name") != "Ann" {
		t.Errorf("%+v, %v", r, err)
	}
	if _, err := d.Get(t.Context(), contact("c2")); connector.ClassOf(err) != connector.Forbidden {
		t.Errorf("an empty list was taken for a delete: %v", err)
	}
}

func TestDescribeReadsUsersAndFindsABadKey(t *testing.T) {
	a := newAccount(t)
	a.on("GET /users", 200, `{"data":[{"user_id":"u1","user_email":"bob@acme.com","user_first_name":"Bob","active":true},{"user_id":"u2","user_email":"old@acme.com","active":false}],"meta":{}}`)
	got, err := a.with(t, load(t, "default")).Describe(t.Context())
	if err != nil || len(got.Users) != 2 || !got.Users[0].Active || got.Users[1].Active || got.Users[0].FirstName != "Bob" || !got.DuplicatesAllowed {
		t.Errorf("%+v, %v", got, err)
	}
	if got, err := a.driver(t, builtin(t, "default", "existing: doubles", "existing: error")).Describe(t.Context()); err != nil || got.DuplicatesAllowed {
		t.Errorf("an account that refuses doubles: %+v, %v", got, err)
	}
	a.on("GET /users", 403, `{"message":"Forbidden"}`)
	if _, err := a.with(t, load(t, "default")).Describe(t.Context()); connector.ClassOf(err) != connector.Auth {
		t.Errorf("a bad key: %v", err)
	}
	a.made()
	a.on("GET /users", 403, `{"message":"Missing Authentication Token"}`)
	a.on("GET /clients", 200, `{"data":[],"meta":{}}`)
	if got, err := a.with(t, load(t, "default")).Describe(t.Context()); err != nil || len(got.Users) != 0 || len(a.made()) != 2 {
		t.Errorf("an account without users: %+v, %v", got, err)
	}
}

func TestTheReadonlyAccountSaysWhyNothingIsWritten(t *testing.T) {
	a := newAccount(t)
	d := a.with(t, load(t, "readonly"))
	can := d.Can()
	if k := can.Kinds[record.Company]; k.Ability != connector.ReadOnly || k.Reason == "" || k.Fields["name"].Writable {
		t.Errorf("clients: %+v", k)
	}
	if k := can.Kinds[record.Contact]; k.Ability != connector.None || k.Reason == "" {
		t.Errorf("contacts: %+v", k)
	}
	if k := can.Kinds[record.Task]; k.Ability != connector.None || k.Reason == "" {
		t.Errorf("tasks, of which the profile says nothing: %+v", k)
	}
	_, err := d.Write(t.Context(), connector.Write{Verb: connector.Update, Ref: client("k1"), Fields: fields("name", "X")})
	if err == nil || len(a.made()) != 0 {
		t.Errorf("a read-only account was written to: %v", err)
	}
}

func TestTheCSVAccountIsNeverCalled(t *testing.T) {
	a := newAccount(t)
	d := a.with(t, load(t, "csv"))
	for _, kind := range record.Kinds {
		if k := d.Can().Kinds[kind]; k.Ability != connector.None || k.Reason == "" {
			t.Errorf("%s: %+v", kind, k)
		}
		if _, err := d.Page(t.Context(), connector.Query{Kind: kind}); connector.ClassOf(err) != connector.Absent {
			t.Errorf("a list of %s: %v", kind, err)
		}
		if _, err := d.Get(t.Context(), record.Ref{Side: record.Commonsku, Kind: kind, ID: "1"}); connector.ClassOf(err) != connector.Absent {
			t.Errorf("a read of a %s: %v", kind, err)
		}
	}
	if _, err := d.Describe(t.Context()); err != nil {
		t.Error(err)
	}
	if calls := a.made(); len(calls) != 0 {
		t.Errorf("made %q", calls)
	}
}

func TestTheKeyGoesWhereTheProfileSays(t *testing.T) {
	a := newAccount(t)
	var got http.Header
	a.Server.Config.Handler = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		got = r.Header
		fmt.Fprint(w, `{"data":[],"meta":{}}`)
	})
	d := a.driver(t, builtin(t, "default", "auth: {header: X-API-KEY}", `auth: {header: Authorization, prefix: "Bearer ", headers: {X-Tenant: acme}}`))
	if _, err := d.Page(t.Context(), connector.Query{Kind: record.Contact}); err != nil {
		t.Fatal(err)
	}
	if got.Get("Authorization") != "Bearer key" || got.Get("X-Tenant") != "acme" {
		t.Errorf("headers %v", got)
	}
}
