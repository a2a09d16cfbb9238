package sandbox_test

import (
	"bytes"
	"crypto/ed25519"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"tandem/internal/sandbox"
	"tandem/internal/sandbox/wire"
)

type object = map[string]any

func start(t *testing.T, o sandbox.Options) *sandbox.World {
	t.Helper()
	if o.GHLQuota == (wire.Quota{}) {
		o.GHLQuota = wire.Quota{Burst: 10000, Interval: 10 * time.Second, Daily: 200000}
	}
	if o.CommonskuQuota == (wire.Quota{}) {
		o.CommonskuQuota = wire.Quota{Burst: 10000, Interval: time.Second}
	}
	w, err := sandbox.Start(o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := w.Close(); err != nil {
			t.Error(err)
		}
	})
	return w
}

type reply struct {
	status int
	head   http.Header
	body   object
	raw    []byte
	req    *http.Request
}

// ask calls either side as an app does; a failure of the transport is status 0.
func ask(t *testing.T, w *sandbox.World, method, address string, body any) reply {
	t.Helper()
	var payload io.Reader
	if body != nil {
		raw, err := json.Marshal(body)
		if err != nil {
			t.Fatal(err)
		}
		payload = bytes.NewReader(raw)
	}
	base, isGHL := w.CommonskuBaseURL, strings.HasPrefix(address, "ghl:")
	if isGHL {
		base = w.GHLBaseURL
	}
	_, path, _ := strings.Cut(address, ":")
	r, err := http.NewRequest(method, base+path, payload)
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/json")
	if isGHL {
		r.Header.Set("Authorization", "Bearer "+w.GHLToken)
		r.Header.Set("Version", "2021-07-28")
	} else {
		r.Header.Set("X-API-KEY", w.CommonskuToken)
	}
	res, err := http.DefaultClient.Do(r)
	if err != nil {
		return reply{req: r}
	}
	defer res.Body.Close()
	raw, err := io.ReadAll(res.Body)
	if err != nil {
		return reply{req: r}
	}
	out := reply{status: res.StatusCode, head: res.Header, raw: raw, req: r}
	_ = json.Unmarshal(raw, &out.body) // a list or HTML stays raw
	return out
}

func (r reply) want(t *testing.T, status int) reply {
	t.Helper()
	if r.status != status {
		t.Fatalf("%s %s: answered %d, want %d: %s", r.req.Method, r.req.URL, r.status, status, r.raw)
	}
	return r
}

func (r reply) at(key string) object { m, _ := r.body[key].(object); return m }

func TestGHLDefaultsAndNormalises(t *testing.T) {
	w := start(t, sandbox.Options{})
	c := ask(t, w, "POST", "ghl:/contacts/", object{"locationId": w.LocationID, "firstName": "Zoë", "email": "Zoe@X.example",
		"phone": "(312) 555-0100", "tags": []string{"VIP", "vip", "Big Spender"}}).want(t, 201).at("contact")
	for k, want := range (object{"type": "lead", "country": "US", "phone": "+13125550100", "email": "Zoe@X.example", "emailLowerCase": "zoe@x.example"}) {
		if c[k] != want {
			t.Errorf("%s is %v, want %v", k, c[k], want)
		}
	}
	if tags, _ := json.Marshal(c["tags"]); string(tags) != `["vip","big spender"]` {
		t.Errorf("tags are %s", tags)
	}
	if _, has := c["city"]; has {
		t.Error("an empty field has a key in the single shape")
	}
	if by := c["createdBy"].(object); by["sourceId"] != "sandbox-app" {
		t.Errorf("createdBy is %v: an app cannot prove its own create", by)
	}
}

func TestGHLRefusesDuplicatesWithProof(t *testing.T) {
	w := start(t, sandbox.Options{})
	first := ask(t, w, "POST", "ghl:/contacts/", object{"locationId": w.LocationID, "email": "a@x.example"}).want(t, 201).at("contact")
	r := ask(t, w, "POST", "ghl:/contacts/", object{"locationId": w.LocationID, "email": "A@X.example"}).want(t, 400)
	if m := r.at("meta"); m["contactId"] != first["id"] || m["matchingField"] != "email" {
		t.Errorf("meta is %v", m)
	}
	other := ask(t, w, "POST", "ghl:/contacts/", object{"locationId": w.LocationID, "phone": "3125550101"}).want(t, 201).at("contact")
	ask(t, w, "PUT", "ghl:/contacts/"+other["id"].(string), object{"email": "a@x.example"}).want(t, 400)
}

func TestGHLRefusesUnknownPropertiesWhole(t *testing.T) {
	w := start(t, sandbox.Options{})
	r := ask(t, w, "POST", "ghl:/contacts/", object{"locationId": w.LocationID, "firstName": "A", "shoeSize": 9}).want(t, 422)
	if list, is := r.body["message"].([]any); !is || list[0] != "property shoeSize should not exist" {
		t.Errorf("message is %v", r.body["message"])
	}
	if n := len(w.GHL.Contacts()); n != 0 {
		t.Errorf("%d contacts were made by a refused body", n)
	}
}

func TestGHLSearchLagsAndDuplicateSearchDoesNot(t *testing.T) {
	w := start(t, sandbox.Options{SearchLag: 150 * time.Millisecond})
	if _, err := w.GHL.CreateContact(object{"firstName": "Late", "email": "late@x.example"}); err != nil {
		t.Fatal(err)
	}
	if r := ask(t, w, "GET", "ghl:/contacts/search/duplicate?locationId="+w.LocationID+"&email=late@x.example", nil).want(t, 200); r.at("contact") == nil {
		t.Error("the duplicate search does not see a contact at once")
	}
	search := func() float64 {
		return ask(t, w, "POST", "ghl:/contacts/search", object{"locationId": w.LocationID, "pageLimit": 10}).want(t, 200).body["total"].(float64)
	}
	if search() != 0 {
		t.Error("search sees a write at once")
	}
	for end := time.Now().Add(3 * time.Second); search() != 1; {
		if time.Now().After(end) {
			t.Fatal("search never sees the write")
		}
		time.Sleep(20 * time.Millisecond)
	}
}

func TestGHLSearchPagesOverAll(t *testing.T) {
	w := start(t, sandbox.Options{Contacts: 100})
	seen, q := map[any]bool{}, object{"locationId": w.LocationID, "pageLimit": 7, "sort": []any{object{"field": "dateUpdated", "direction": "asc"}}}
	for {
		rows := ask(t, w, "POST", "ghl:/contacts/search", q).want(t, 200).body["contacts"].([]any)
		for _, r := range rows {
			seen[r.(object)["id"]] = true
			q["searchAfter"] = r.(object)["searchAfter"]
		}
		if len(rows) < 7 {
			break
		}
	}
	if len(seen) != len(w.GHL.Contacts()) {
		t.Errorf("paging saw %d of %d", len(seen), len(w.GHL.Contacts()))
	}
}

func TestGHLDeletesSoftlyAndSaysSoInText(t *testing.T) {
	w := start(t, sandbox.Options{})
	id, err := w.GHL.CreateContact(object{"firstName": "Gone"})
	if err != nil {
		t.Fatal(err)
	}
	ask(t, w, "DELETE", "ghl:/contacts/"+id, nil).want(t, 200)
	if r := ask(t, w, "GET", "ghl:/contacts/"+id, nil).want(t, 400); r.body["message"] != "Contact with id "+id+" not found" {
		t.Errorf("message is %v", r.body["message"])
	}
	if err := w.GHL.RestoreContact(id); err != nil {
		t.Fatal(err)
	}
	ask(t, w, "GET", "ghl:/contacts/"+id, nil).want(t, 200)
}

func TestQuotasRefuseAndTell(t *testing.T) {
	w := start(t, sandbox.Options{GHLQuota: wire.Quota{Burst: 2, Interval: time.Minute, Daily: 10}, CommonskuQuota: wire.Quota{Burst: 1, Interval: time.Minute}})
	r := ask(t, w, "GET", "ghl:/locations/"+w.LocationID, nil).want(t, 200)
	if r.head.Get("X-RateLimit-Remaining") != "1" || r.head.Get("X-RateLimit-Daily-Remaining") != "9" || r.head.Get("X-RateLimit-Daily-Reset") == "" {
		t.Errorf("headers are %v", r.head)
	}
	ask(t, w, "GET", "ghl:/locations/"+w.LocationID, nil).want(t, 200)
	ask(t, w, "GET", "ghl:/locations/"+w.LocationID, nil).want(t, 429)
	ask(t, w, "GET", "sku:/users", nil).want(t, 200)
	if r := ask(t, w, "GET", "sku:/users", nil).want(t, 429); r.body["message"] != "Too Many Requests" {
		t.Errorf("message is %v", r.body["message"])
	}
	if n := w.Calls("ghl").Throttled; n != 1 {
		t.Errorf("%d refusals counted", n)
	}
}

func TestWebhooksAreSignedEchoedAndRetriedOn429Only(t *testing.T) {
	var mu sync.Mutex
	var got []string
	var bad int
	w := start(t, sandbox.Options{WebhookRetryAfter: 10 * time.Millisecond})
	block, _ := pem.Decode([]byte(w.WebhookPublicKeyPEM))
	key, err := x509.ParsePKIXPublicKey(block.Bytes)
	if err != nil {
		t.Fatal(err)
	}
	answers := []int{429, 200, 500, 200}
	s := httptest.NewServer(http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		raw, _ := io.ReadAll(r.Body)
		sig, _ := base64.StdEncoding.DecodeString(r.Header.Get("X-GHL-Signature"))
		var m object
		_ = json.Unmarshal(raw, &m)
		mu.Lock()
		defer mu.Unlock()
		if !ed25519.Verify(key.(ed25519.PublicKey), raw, sig) || m["webhookId"] == nil || m["locationId"] != w.LocationID {
			bad++
		}
		got = append(got, m["type"].(string))
		rw.WriteHeader(answers[min(len(got), len(answers))-1])
	}))
	defer s.Close()
	w.SetWebhookURL(s.URL)
	c := ask(t, w, "POST", "ghl:/contacts/", object{"locationId": w.LocationID, "firstName": "Echo"}).want(t, 201).at("contact")
	id := c["id"].(string)
	wait := func(n int) {
		t.Helper()
		for end := time.Now().Add(5 * time.Second); ; time.Sleep(5 * time.Millisecond) {
			mu.Lock()
			have := len(got)
			mu.Unlock()
			if have >= n {
				return
			}
			if time.Now().After(end) {
				t.Fatalf("%d deliveries, want %d", have, n)
			}
		}
	}
	wait(2)
	ask(t, w, "PUT", "ghl:/contacts/"+id, object{"city": "Austin"}).want(t, 200) // its event meets a 500 and is lost
	wait(3)
	ask(t, w, "POST", "ghl:/contacts/"+id+"/tags", object{"tags": []string{"T"}}).want(t, 201)
	wait(4)
	mu.Lock()
	defer mu.Unlock()
	if strings.Join(got, " ") != "ContactCreate ContactCreate ContactUpdate ContactTagUpdate" || bad > 0 {
		t.Errorf("deliveries: %v, %d badly signed", got, bad)
	}
}

func TestFaultsBeforeAndAfterTheCommit(t *testing.T) {
	for kind, committed := range map[string]bool{wire.ServerError: false, wire.ResetBefore: false, wire.ResetAfter: true,
		wire.TimeoutAfter: true, wire.Created422: true, wire.Truncate: true} {
		t.Run(kind, func(t *testing.T) {
			w := start(t, sandbox.Options{})
			if err := w.SetFaults(wire.Faults{Rules: []wire.Rule{{Kind: kind, Side: "commonsku", Rate: 1, Operation: "^POST /clients$"}}}); err != nil {
				t.Fatal(err)
			}
			if r := ask(t, w, "POST", "sku:/clients", object{"client_name": "Acme"}); r.status/100 == 2 {
				t.Errorf("answered %d", r.status)
			}
			if made := len(w.Commonsku.Clients()) == 1; made != committed {
				t.Errorf("the client was made: %v, want %v", made, committed)
			}
		})
	}
}

func TestCommonskuTakesAnExistingNameAndRestores(t *testing.T) {
	w := start(t, sandbox.Options{})
	a := ask(t, w, "POST", "sku:/clients", object{"client_name": "Acme"}).want(t, 201).at("data")
	if b := ask(t, w, "POST", "sku:/clients", object{"client_name": "Acme"}).want(t, 200).at("data"); b["client_id"] != a["client_id"] {
		t.Error("an existing name made a second client")
	}
	ask(t, w, "DELETE", "sku:/clients/"+a["client_id"].(string), nil).want(t, 204)
	ask(t, w, "GET", "sku:/clients/"+a["client_id"].(string), nil).want(t, 404)
	ask(t, w, "POST", "sku:/clients", object{"client_name": "Acme"}).want(t, 200)
	ask(t, w, "GET", "sku:/clients/"+a["client_id"].(string), nil).want(t, 200)
}

func TestCommonskuRefusals(t *testing.T) {
	w := start(t, sandbox.Options{})
	ask(t, w, "POST", "sku:/clients", object{"client_name": strings.Repeat("x", 256)}).want(t, 422)
	ask(t, w, "POST", "sku:/clients", object{"client_name": "A", "colour": "red"}).want(t, 422)
	ask(t, w, "POST", "sku:/contacts", object{"client_id": "none", "contact_first_name": "A", "contact_last_name": "B"}).want(t, 422)
	if r := ask(t, w, "GET", "sku:/orders", nil).want(t, 403); r.body["message"] != "Missing Authentication Token" {
		t.Errorf("an unknown path says %v", r.body["message"])
	}
	w.CommonskuToken = "wrong"
	if r := ask(t, w, "GET", "sku:/clients", nil).want(t, 403); r.body["message"] != "Forbidden" {
		t.Errorf("a wrong key says %v", r.body["message"])
	}
}

func TestCommonskuUpdatedSinceShowsDeletedAndCursorCarriesFilters(t *testing.T) {
	w := start(t, sandbox.Options{Contacts: 60})
	all := w.Commonsku.Contacts()
	if err := w.Commonsku.DeleteContact(all[0]["contact_id"].(string)); err != nil {
		t.Fatal(err)
	}
	seen, deleted, query := map[any]bool{}, 0, "per_page=10&updated_since=2020-01-01%2000:00:00"
	for query != "" {
		r := ask(t, w, "GET", "sku:/contacts?"+query, nil).want(t, 200)
		for _, x := range r.body["data"].([]any) {
			seen[x.(object)["contact_id"]] = true
			if x.(object)["date_deleted"] != nil {
				deleted++
			}
		}
		query = ""
		if c, is := r.at("meta")["cursor"].(string); is {
			query = "cursor=" + c
		}
	}
	if len(seen) != len(all) || deleted != 1 {
		t.Errorf("saw %d of %d, %d deleted", len(seen), len(all), deleted)
	}
}

func TestInMemoryAndInSimulatedTime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w, err := sandbox.Start(sandbox.Options{Memory: true, SearchLag: time.Hour})
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = w.Close() }()
		if _, err := w.GHL.CreateContact(object{"firstName": "A"}); err != nil {
			t.Fatal(err)
		}
		total := func() any {
			r, err := http.NewRequest("POST", w.GHLBaseURL+"/contacts/search", strings.NewReader(`{"locationId":"`+w.LocationID+`","pageLimit":1}`))
			if err != nil {
				t.Fatal(err)
			}
			r.Header.Set("Authorization", "Bearer "+w.GHLToken)
			r.Header.Set("Version", "2021-07-28")
			res, err := w.Client("ghl").Do(r)
			if err != nil {
				t.Fatal(err)
			}
			defer res.Body.Close()
			var body object
			if err := json.NewDecoder(res.Body).Decode(&body); err != nil {
				t.Fatal(err)
			}
			return body["total"]
		}
		if n := total(); n != 0.0 {
			t.Errorf("search sees %v at once", n)
		}
		time.Sleep(time.Hour)
		if n := total(); n != 1.0 {
			t.Errorf("search sees %v an hour later", n)
		}
	})
}

func TestPeopleAreTheSameForTheSameSeed(t *testing.T) {
	a, b := start(t, sandbox.Options{Contacts: 100, Seed: 7}), start(t, sandbox.Options{Contacts: 100, Seed: 7})
	if len(a.Truth) != 100 {
		t.Fatalf("%d people", len(a.Truth))
	}
	for i := range a.Truth {
		if a.Truth[i] != b.Truth[i] {
			t.Fatalf("person %d differs: %v, %v", i, a.Truth[i], b.Truth[i])
		}
	}
}
