package hook

import (
	"bytes"
	"context"
	"crypto"
	"crypto/ed25519"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"tandem/internal/store"
)

// shelf keeps deliveries as a store does: by pair and id, or not at all.
type shelf struct {
	mu   sync.Mutex
	rows []store.Delivery
	full error
}

func (s *shelf) Accept(_ context.Context, d store.Delivery) (bool, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.full != nil {
		return false, s.full
	}
	for _, r := range s.rows {
		if r.Pair == d.Pair && r.DeliveryID == d.DeliveryID {
			return false, nil
		}
	}
	s.rows = append(s.rows, d)
	return true, nil
}

type world struct {
	acme, other ed25519.PrivateKey
	legacy      *rsa.PrivateKey
	shelf       *shelf
	handler     *Handler
	counted     []string
}

func newWorld(t *testing.T) *world {
	t.Helper()
	w := &world{shelf: &shelf{}}
	var err error
	if _, w.acme, err = ed25519.GenerateKey(rand.Reader); err != nil {
		t.Fatal(err)
	}
	if _, w.other, err = ed25519.GenerateKey(rand.Reader); err != nil {
		t.Fatal(err)
	}
	if w.legacy, err = rsa.GenerateKey(rand.Reader, 2048); err != nil {
		t.Fatal(err)
	}
	w.handler = New(Options{
		Pairs: []Pair{
			{Name: "acme", LocationID: "L1", Key: public(w.acme), HintSecret: "s3cret", CommonskuSecret: "shared"},
			{Name: "other", LocationID: "L2", Key: public(w.other), LegacyKey: &w.legacy.PublicKey},
		},
		Ingest: w.shelf,
		Count:  func(pair, eventType, outcome string) { w.counted = append(w.counted, pair+"/"+eventType+"/"+outcome) },
	})
	return w
}

func public(k ed25519.PrivateKey) ed25519.PublicKey {
	p, _ := k.Public().(ed25519.PublicKey)
	return p
}

func (w *world) post(path, body string, header ...string) *httptest.ResponseRecorder {
	r := httptest.NewRequest(http.MethodPost, path, strings.NewReader(body))
	for i := 0; i+1 < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	out := httptest.NewRecorder()
	w.handler.ServeHTTP(out, r)
	return out
}

func sign(k ed25519.PrivateKey, body string) string {
	return base64.StdEncoding.EncodeToString(ed25519.Sign(k, []byte(body)))
}

const event = `{"type":"ContactUpdate","locationId":"L1","id":"c1","webhookId":"w1","appointment":{"locationId":"L9"}}`

func TestAnswersInTheOrderOfTheContract(t *testing.T) {
	w := newWorld(t)
	large := `{"locationId":"L1","x":"` + strings.Repeat("a", bodyBytesMax) + `"}`
	unknown := `{"type":"ContactUpdate","locationId":"L7"}`
	foreign := `{"type":"ContactUpdate","locationId":"L2"}`
	for _, c := range []struct {
		name, body, signature string
		status                int
	}{
		{"too large, even unsigned", large, "", 413},
		{"not signed", event, "", 401},
		{"signed N/A", event, "N/A", 401},
		{"signed by nobody we know", event, base64.StdEncoding.EncodeToString(make([]byte, 64)), 401},
		{"signed over another body", event + " ", sign(w.acme, event), 401},
		{"not JSON and not signed", "{", "", 401},
		{"not JSON", "{", sign(w.acme, "{"), 400},
		{"empty", "", sign(w.acme, ""), 400},
		{"a location of nobody", unknown, sign(w.acme, unknown), 404},
		{"an install has only a company", `{"type":"INSTALL","companyId":"C"}`, sign(w.acme, `{"type":"INSTALL","companyId":"C"}`), 404},
		{"a list", `["L1"]`, sign(w.acme, `["L1"]`), 404},
		{"another pair's key", foreign, sign(w.acme, foreign), 401},
		{"well signed", event, sign(w.acme, event), 200},
		{"again", event, sign(w.acme, event), 200},
	} {
		got := w.post("/webhooks/ghl", c.body, "X-GHL-Signature", c.signature)
		if got.Code != c.status {
			t.Errorf("%s: %d, want %d: %s", c.name, got.Code, c.status, got.Body)
		}
		if c.status != 200 {
			var p struct {
				Title  string
				Status int
			}
			if err := json.Unmarshal(got.Body.Bytes(), &p); err != nil || p.Title == "" || p.Status != c.status {
				t.Errorf("%s: not a problem document: %s", c.name, got.Body)
			}
		}
	}
	if len(w.shelf.rows) != 1 {
		t.Fatalf("%d stored", len(w.shelf.rows))
	}
	d := w.shelf.rows[0]
	if d.Pair != "acme" || d.DeliveryID != "w1" || d.Type != "ContactUpdate" || string(d.Body) != event || d.ReceivedAt.IsZero() {
		t.Errorf("stored %+v", d)
	}
	last := w.counted[len(w.counted)-2:]
	if last[0] != "acme/ContactUpdate/accepted" || last[1] != "acme/ContactUpdate/repeated" {
		t.Errorf("counted %v", last)
	}
}

func TestWhatCannotBeStoredIsAskedForAgain(t *testing.T) {
	w := newWorld(t)
	w.shelf.full = errors.New("no space left on device")
	got := w.post("/webhooks/ghl", event, "X-GHL-Signature", sign(w.acme, event))
	if got.Code != 429 || got.Header().Get("Retry-After") == "" || strings.Contains(got.Body.String(), "device") {
		t.Errorf("%d %v %s", got.Code, got.Header(), got.Body)
	}
	w.shelf.full = nil
	if got := w.post("/webhooks/ghl", event, "X-GHL-Signature", sign(w.acme, event)); got.Code != 200 || len(w.shelf.rows) != 1 {
		t.Errorf("the second time: %d, %d stored", got.Code, len(w.shelf.rows))
	}
}

func TestASenderOverTheRateComesAgain(t *testing.T) {
	w := newWorld(t)
	w.handler = New(Options{
		Pairs: []Pair{{Name: "acme", LocationID: "L1", Key: public(w.acme)}}, Ingest: w.shelf, PerSecond: 2,
		Now: func() time.Time { return time.Unix(1, 0) },
	})
	var codes []int
	for range 5 {
		codes = append(codes, w.post("/webhooks/ghl", event, "X-GHL-Signature", sign(w.acme, event)).Code)
	}
	if codes[3] != 200 || codes[4] != 429 {
		t.Errorf("%v", codes)
	}
}

func TestWithoutAnIDTheContentTellsDeliveriesApart(t *testing.T) {
	w := newWorld(t)
	for _, body := range []string{`{"locationId":"L1","id":"a"}`, `{"locationId":"L1","id":"a"}`, `{"locationId":"L1","id":"b"}`} {
		if got := w.post("/webhooks/ghl", body, "X-GHL-Signature", sign(w.acme, body)); got.Code != 200 {
			t.Fatal(got.Code)
		}
	}
	if len(w.shelf.rows) != 2 {
		t.Errorf("%d stored", len(w.shelf.rows))
	}
}

func TestTheRetiredSignatureCountsOnlyWhereTurnedOn(t *testing.T) {
	w := newWorld(t)
	legacy := func(body string) string {
		sum := sha256.Sum256([]byte(body))
		sig, err := rsa.SignPKCS1v15(rand.Reader, w.legacy, crypto.SHA256, sum[:])
		if err != nil {
			t.Fatal(err)
		}
		return base64.StdEncoding.EncodeToString(sig)
	}
	on, off := `{"locationId":"L2"}`, `{"locationId":"L1"}`
	if got := w.post("/webhooks/ghl", on, "X-WH-Signature", legacy(on)); got.Code != 200 {
		t.Errorf("turned on: %d", got.Code)
	}
	if got := w.post("/webhooks/ghl", off, "X-WH-Signature", legacy(off)); got.Code != 401 {
		t.Errorf("not turned on: %d", got.Code)
	}
	if got := w.post("/webhooks/ghl", on, "X-WH-Signature", legacy(on), "X-GHL-Signature", "N/A"); got.Code != 401 {
		t.Errorf("beside a wrong new one: %d", got.Code)
	}
}

func TestHintsOnlyPoint(t *testing.T) {
	w := newWorld(t)
	for _, c := range []struct {
		path, body string
		status     int
	}{
		{"/webhooks/hint/acme/s3cret", `{"contact_id":"c1","first_name":"Mallory"}`, 200},
		{"/webhooks/hint/acme/s3cret", `{"contact":{"id":"c1"}}`, 200},
		{"/webhooks/hint/acme/s3cret", "contact_id=c2&x=1", 200},
		{"/webhooks/hint/acme/s3cret", `{"contact_id":"../x"}`, 400},
		{"/webhooks/hint/acme/s3cret", `{}`, 400},
		{"/webhooks/hint/acme/wrong", `{"contact_id":"c1"}`, 404},
		{"/webhooks/hint/other/", `{"contact_id":"c1"}`, 404}, // not opened for that pair
		{"/webhooks/hint/nobody/s3cret", `{"contact_id":"c1"}`, 404},
	} {
		if got := w.post(c.path, c.body); got.Code != c.status {
			t.Errorf("%s %s: %d, want %d", c.path, c.body, got.Code, c.status)
		}
	}
	if len(w.shelf.rows) != 3 {
		t.Fatalf("%d stored", len(w.shelf.rows))
	}
	if d := w.shelf.rows[0]; d.Type != HintType || string(d.Body) != `{"id":"c1","locationId":"L1","type":"Hint"}` {
		t.Errorf("stored %s %s: nothing of an unsigned body may be kept", d.Type, d.Body)
	}
}

func TestCommonskuSignsWithTheSharedSecret(t *testing.T) {
	w := newWorld(t)
	const body = `{"type":"contact.updated"}`
	const good = "a78e64ef0c4bb7c4b6b9e2a4e7d2f0f6" // not it
	if got := w.post("/webhooks/commonsku/acme", body, "X-Signature", good); got.Code != 401 {
		t.Errorf("a wrong signature: %d", got.Code)
	}
	if got := w.post("/webhooks/commonsku/acme", body, "X-Signature", "sha256="+mac("shared", body)); got.Code != 200 || len(w.shelf.rows) != 1 {
		t.Errorf("a right one: %d", got.Code)
	}
	if got := w.post("/webhooks/commonsku/other", body, "X-Signature", mac("", body)); got.Code != 404 {
		t.Errorf("a pair without a secret: %d", got.Code)
	}
}

func TestOnlyPostIsServed(t *testing.T) {
	w := newWorld(t)
	out := httptest.NewRecorder()
	w.handler.ServeHTTP(out, httptest.NewRequest(http.MethodGet, "/webhooks/ghl", nil))
	if out.Code != 405 {
		t.Errorf("%d", out.Code)
	}
}

func TestVendorKeyIsAKey(t *testing.T) {
	if _, err := ParseKey(VendorKeyPEM); err != nil {
		t.Fatal(err)
	}
}

// FuzzScan: for any valid JSON the envelope is what encoding/json finds under those very names at the top level.
func FuzzScan(f *testing.F) {
	for _, s := range []string{
		event, ` { "type" : "a\"b" , "n":-1.5e3,"x":[{"}":"]"},"\\"],"webhookId":null}`, `{"ty\u0070e":"x"}`, `[1]`, `"type"`, `{}`, `{"type":{"type":"y"},"locationId":true}`,
	} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		if !json.Valid(b) {
			return
		}
		var m map[string]any
		want := envelope{}
		if json.Unmarshal(b, &m) == nil {
			want.eventType, _ = m["type"].(string)
			want.locationID, _ = m["locationId"].(string)
			want.webhookID, _ = m["webhookId"].(string)
		}
		if got := scan(bytes.Clone(b)); got != want {
			t.Errorf("%s: %+v, want %+v", b, got, want)
		}
	})
}
