package sandbox

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
)

// AdminPrefix is where another process plays people and reads counters: unauthenticated, on both ports, beside quotas.
//
//	POST   /_sandbox/ghl/contacts            fields → {"id"}        likewise commonsku/contacts, commonsku/clients
//	GET    /_sandbox/ghl/contacts[/ID]       as the API's single read
//	PATCH  /_sandbox/ghl/contacts/ID         fields
//	DELETE /_sandbox/ghl/contacts/ID
//	GET    /_sandbox/stats                   counters of both sides and of webhooks
//	GET    /_sandbox/truth                   who is who of the people made up
//	POST   /_sandbox/faults                  a fault file
//	POST   /_sandbox/webhook                 {"url"}
const AdminPrefix = "/_sandbox/"

// person is what an admin can do with one kind.
type person struct {
	create func(map[string]any) (string, error)
	update func(string, map[string]any) error
	remove func(string) error
	one    func(string) (map[string]any, bool)
	all    func() []map[string]any
}

func (w *World) kind(side, kind string) (person, bool) {
	switch side + "/" + kind {
	case "ghl/contacts":
		return person{w.GHL.CreateContact, w.GHL.UpdateContact, w.GHL.DeleteContact, w.GHL.Contact, w.GHL.Contacts}, true
	case "commonsku/contacts":
		s := w.Commonsku
		return person{s.CreateContact, s.UpdateContact, s.DeleteContact, s.Contact, s.Contacts}, true
	case "commonsku/clients":
		s := w.Commonsku
		return person{s.CreateClient, s.UpdateClient, s.DeleteClient, s.Client, s.Clients}, true
	}
	return person{}, false
}

// admin puts the admin surface before a side's own routes.
func (w *World) admin(next http.Handler) http.Handler {
	m := http.NewServeMux()
	m.Handle("/", next)
	p := AdminPrefix
	for pattern, do := range map[string]func(r *http.Request, body map[string]any, raw []byte) (any, error){
		"GET " + p + "stats": func(*http.Request, map[string]any, []byte) (any, error) {
			return map[string]any{"ghl": w.Calls("ghl"), "commonsku": w.Calls("commonsku"), "webhooks": w.GHL.Webhooks()}, nil
		},
		"GET " + p + "truth": func(*http.Request, map[string]any, []byte) (any, error) { return w.Truth, nil },
		"POST " + p + "faults": func(_ *http.Request, _ map[string]any, raw []byte) (any, error) {
			f, err := ParseFaults(raw)
			if err != nil {
				return nil, err
			}
			return map[string]any{}, w.SetFaults(f)
		},
		"POST " + p + "webhook": func(_ *http.Request, body map[string]any, _ []byte) (any, error) {
			url, _ := body["url"].(string)
			w.SetWebhookURL(url)
			return map[string]any{}, nil
		},
		p + "{side}/{kind}":      w.play,
		p + "{side}/{kind}/{id}": w.play,
	} {
		m.HandleFunc(pattern, func(rw http.ResponseWriter, r *http.Request) {
			raw, err := io.ReadAll(http.MaxBytesReader(rw, r.Body, 1<<20))
			body := map[string]any{}
			if err == nil && len(raw) > 0 {
				err = json.Unmarshal(raw, &body)
			}
			var out any
			if err == nil {
				out, err = do(r, body, raw)
			}
			rw.Header().Set("Content-Type", "application/json")
			if err != nil {
				rw.WriteHeader(http.StatusBadRequest)
				out = map[string]any{"message": err.Error()}
			}
			_ = json.NewEncoder(rw).Encode(out)
		})
	}
	return http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		if strings.HasPrefix(r.URL.Path, p) {
			m.ServeHTTP(rw, r)
			return
		}
		next.ServeHTTP(rw, r) // past the mux: it would mend paths that the API must see as they are
	})
}

func (w *World) play(r *http.Request, body map[string]any, _ []byte) (any, error) {
	id := r.PathValue("id")
	k, ok := w.kind(r.PathValue("side"), r.PathValue("kind"))
	switch {
	case !ok:
	case r.Method == http.MethodPost && id == "":
		id, err := k.create(body)
		return map[string]any{"id": id}, err
	case r.Method == http.MethodGet && id == "":
		return k.all(), nil
	case r.Method == http.MethodGet:
		if m, has := k.one(id); has {
			return m, nil
		}
		return nil, fmt.Errorf("sandbox: %s is not there", id)
	case r.Method == http.MethodPatch:
		return map[string]any{}, k.update(id, body)
	case r.Method == http.MethodDelete:
		return map[string]any{}, k.remove(id)
	}
	return nil, fmt.Errorf("sandbox: no such admin call: %s %s", r.Method, r.URL.Path)
}
