package api

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"

	"tandem/internal/operate"
)

// service answers for one pair; whatever else it is asked would panic, so that a test sees a call it did not expect.
type service struct {
	Operator
	swept []string
	fail  error
}

func (s *service) Pair(_ context.Context, name string) (operate.Pair, error) {
	if s.fail != nil {
		return operate.Pair{}, s.fail
	}
	if name != "acme" {
		return operate.Pair{}, operate.NoPair(name)
	}
	return operate.Pair{Name: "acme", State: operate.Live, Reasons: []string{}, Idle: true}, nil
}

func (s *service) Sweep(_ context.Context, pair string, full bool) error {
	s.swept = append(s.swept, fmt.Sprint(pair, " ", full))
	return nil
}

func (s *service) ResolveConflict(context.Context, int64, operate.Resolution) error { return s.fail }

const token = "0123456789abcdef"

func ask(h http.Handler, method, path, body string, header ...string) *httptest.ResponseRecorder {
	r := httptest.NewRequest(method, path, strings.NewReader(body))
	r.Header.Set("Authorization", "Bearer "+token)
	for i := 0; i+1 < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w
}

func title(t *testing.T, w *httptest.ResponseRecorder) string {
	t.Helper()
	var p struct {
		Title  string
		Status int
	}
	if err := json.Unmarshal(w.Body.Bytes(), &p); err != nil || p.Title == "" || p.Status != w.Code || w.Header().Get("Content-Type") != "application/problem+json" {
		t.Errorf("not a problem document: %d %v %s", w.Code, w.Header(), w.Body)
	}
	return p.Title
}

func TestOnlyTheBearerPasses(t *testing.T) {
	h := New(Options{Operator: &service{}, Token: token})
	for _, given := range []string{"", "Bearer", "Bearer wrong", "Basic " + token, token, "Bearer " + token + "x"} {
		for _, path := range []string{"/api/v1/pairs/acme", "/api/v1/nothing", "/api/openapi.json"} {
			w := ask(h, "GET", path, "", "Authorization", given)
			if w.Code != 401 || w.Header().Get("WWW-Authenticate") == "" {
				t.Errorf("%s with %q: %d", path, given, w.Code)
			}
			title(t, w)
		}
	}
	if w := ask(h, "GET", "/api/v1/pairs/acme", ""); w.Code != 200 {
		t.Errorf("with the token: %d", w.Code)
	}
	closed := New(Options{Operator: &service{}})
	if w := ask(closed, "GET", "/api/v1/pairs/acme", "", "Authorization", "Bearer "); w.Code != 401 {
		t.Errorf("without a configured token: %d", w.Code)
	}
}

func TestRefusalsAreProblems(t *testing.T) {
	s := &service{}
	h := New(Options{Operator: s, Token: token})
	for _, c := range []struct {
		method, path, body string
		status             int
	}{
		{"GET", "/api/v1/pairs/nobody", "", 404},
		{"GET", "/api/v1/nothing", "", 404},
		{"DELETE", "/api/v1/pairs/acme", "", 405},
		{"POST", "/api/v1/pairs/acme/sweep", `{"ful":true}`, 400},
		{"POST", "/api/v1/pairs/acme/sweep", `{"full":"yes"}`, 400},
		{"POST", "/api/v1/pairs/acme/sweep", `{"full":true`, 400},
		{"POST", "/api/v1/pairs/acme/sweep", `{} {}`, 400},
		{"POST", "/api/v1/pairs/acme/sweep", strings.Repeat(" ", bodyBytesMax+1) + "{}", 400},
		{"GET", "/api/v1/pairs/acme/links?kind=person", "", 400},
		{"GET", "/api/v1/pairs/acme/links?limit=-1", "", 400},
		{"GET", "/api/v1/records/contact/hubspot/c1/history", "", 400},
		{"GET", "/api/v1/explain", "", 400},
		{"POST", "/api/v1/conflicts/x/resolve", `{"winner":"ghl"}`, 404},
		{"POST", "/api/v1/conflicts/1/resolve", `{}`, 400},
		{"POST", "/api/v1/asks/1", `{"decision":"link"}`, 400},
		{"POST", "/api/v1/asks/1", `{"decision":"maybe"}`, 400},
	} {
		w := ask(h, c.method, c.path, c.body)
		if w.Code != c.status {
			t.Errorf("%s %s %.30s: %d, want %d: %s", c.method, c.path, c.body, w.Code, c.status, w.Body)
		}
		title(t, w)
	}
	s.fail = errors.New("open /var/lib/secret: permission denied")
	w := ask(h, "GET", "/api/v1/pairs/acme", "")
	if title(t, w); w.Code != 500 || strings.Contains(w.Body.String(), "secret") {
		t.Errorf("an unforeseen error: %d %s", w.Code, w.Body)
	}
	s.fail = &operate.Error{Fault: operate.Moved, Title: "A side has moved", Current: &operate.Conflict{ID: 7}}
	if w := ask(h, "POST", "/api/v1/conflicts/7/resolve", `{"winner":"ghl"}`); w.Code != 409 || !strings.Contains(w.Body.String(), `"current":{"id":7`) {
		t.Errorf("a conflict that moved: %d %s", w.Code, w.Body)
	}
}

func TestSweepIsIncrementalWithoutABody(t *testing.T) {
	s := &service{}
	h := New(Options{Operator: s, Token: token})
	for _, body := range []string{"", "{}", `{"full":true}`} {
		if w := ask(h, "POST", "/api/v1/pairs/acme/sweep", body); w.Code != 202 {
			t.Errorf("%q: %d", body, w.Code)
		}
	}
	if got := strings.Join(s.swept, ", "); got != "acme false, acme false, acme true" {
		t.Errorf("asked for %s", got)
	}
}

func TestHealthAndReadiness(t *testing.T) {
	var trouble error
	h := New(Options{Operator: &service{}, Ready: func(context.Context) error { return trouble }})
	for _, path := range []string{"/healthz", "/readyz"} {
		if w := ask(h, "GET", path, ""); w.Code != 200 {
			t.Errorf("%s: %d", path, w.Code)
		}
	}
	trouble = errors.New("disk full")
	if w := ask(h, "GET", "/readyz", ""); w.Code != 503 {
		t.Errorf("not ready: %d", w.Code)
	}
	if w := ask(h, "GET", "/healthz", ""); w.Code != 200 {
		t.Errorf("alive all the same: %d", w.Code)
	}
}

// TestTheDocumentIsOpenAPIAndHasEveryRoute: no more, no fewer.
func TestTheDocumentIsOpenAPIAndHasEveryRoute(t *testing.T) {
	h := New(Options{Operator: &service{}, Token: token})
	doc, err := openapi3.NewLoader().LoadFromData(ask(h, "GET", "/api/openapi.json", "").Body.Bytes())
	if err != nil {
		t.Fatal(err)
	}
	if err := doc.Validate(t.Context()); err != nil {
		t.Fatal(err)
	}
	served := map[string]bool{}
	for _, rt := range (&api{}).routes() {
		served[rt.method+" "+rt.path] = true
		if item := doc.Paths.Value(rt.path); item == nil || item.GetOperation(rt.method) == nil {
			t.Errorf("%s %s is not in openapi.json", rt.method, rt.path)
		}
	}
	for path, item := range doc.Paths.Map() {
		for method := range item.Operations() {
			if !served[method+" "+path] {
				t.Errorf("openapi.json has %s %s, which is not served", method, path)
			}
		}
	}
}

func FuzzBody(f *testing.F) {
	f.Add(`{"full":true}`)
	f.Add(`{"full":null} x`)
	f.Fuzz(func(t *testing.T, in string) {
		s := &service{}
		w := ask(New(Options{Operator: s, Token: token}), "POST", "/api/v1/pairs/acme/sweep", in)
		if (w.Code == 202) != (len(s.swept) == 1) || w.Code != 202 && w.Code != 400 {
			t.Errorf("%q: %d, swept %v", in, w.Code, s.swept)
		}
	})
}
