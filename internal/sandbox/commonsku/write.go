package commonsku

import (
	"encoding/json"
	"io"
	"net/http"
	"slices"
	"strings"
	"time"
	"unicode/utf8"
)

// rules of the fields that a kind takes; max 0 means no limit told.
type rule struct {
	max                  int
	null, tags, compound bool
}

func clientRule(k string) (rule, bool) {
	switch k {
	case "client_name":
		return rule{max: 255}, true
	case "customer_number", "phone", "website", "industry_name", "status_name", "client_rep_id":
		return rule{null: true}, true
	case "tags":
		return rule{tags: true}, true
	}
	return rule{}, false
}

func contactRule(k string) (rule, bool) {
	switch k {
	case "client_id":
		return rule{}, true
	case "contact_first_name", "contact_last_name":
		return rule{max: 100}, true
	case "contact_email", "contact_phone", "contact_cell", "position", "department_name":
		return rule{null: true}, true
	case "address":
		return rule{null: true, compound: true}, true
	case "tags":
		return rule{tags: true}, true
	}
	return rule{}, false
}

func addressRule(k string) bool {
	return slices.Contains([]string{"address_name", "line_1", "line_2", "city", "state", "postal", "country"}, k)
}

// check refuses unknown properties, wrong types and texts that are too long.
func check(body map[string]any, of func(string) (rule, bool)) map[string][]string {
	bad := map[string][]string{}
	for k, v := range body {
		r, known := of(k)
		text, isText := v.(string)
		switch {
		case !known:
			bad[k] = []string{"is not a known field"}
		case v == nil && r.null:
		case r.tags:
			list, is := v.([]any)
			if !is || slices.ContainsFunc(list, func(x any) bool { _, is := x.(string); return !is }) {
				bad[k] = []string{"must be a list of strings"}
			}
		case r.compound:
			m, is := v.(map[string]any)
			if !is {
				bad[k] = []string{"must be an object"}
			}
			for key, x := range m {
				if _, is := x.(string); !addressRule(key) || !is && x != nil {
					bad[k+"."+key] = []string{"is not a known field"}
				}
			}
		case !isText:
			bad[k] = []string{"must be a string"}
		case r.max > 0 && utf8.RuneCountInString(text) > r.max:
			bad[k] = []string{"is too long"}
		}
	}
	return bad
}

func blank(body map[string]any, key string) bool {
	s, _ := body[key].(string)
	return strings.TrimSpace(s) == ""
}

// tick is now in whole seconds, never before an earlier tick.
func (s *Server) tick() time.Time {
	now := time.Now().Truncate(time.Second)
	if now.Before(s.last) {
		now = s.last
	}
	s.last = now
	return now
}

// write wraps a mutation: body in, row or refusal out.
func (s *Server) write(do func(id string, body map[string]any) (int, map[string]any, *refusal)) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		var body map[string]any
		raw, err := io.ReadAll(http.MaxBytesReader(w, r.Body, 5<<20))
		if err != nil || json.Unmarshal(raw, &body) != nil || body == nil {
			answer(w, 400, map[string]any{"message": "Could not parse request body into json"})
			return
		}
		s.mu.Lock()
		status, data, f := do(r.PathValue("id"), body)
		s.mu.Unlock()
		if f != nil {
			answer(w, f.status, f.body)
			return
		}
		answer(w, status, map[string]any{"data": data})
	}
}

// createClient answers 200 with the existing client where the spelling is taken; a deleted one is restored.
func (s *Server) createClient(_ string, body map[string]any) (int, map[string]any, *refusal) {
	bad := check(body, clientRule)
	if blank(body, "client_name") {
		bad["client_name"] = []string{"is required"}
	}
	s.checkRep(body, bad)
	if len(bad) > 0 {
		return 0, nil, invalid(bad)
	}
	name := strings.TrimSpace(body["client_name"].(string))
	if id, taken := s.byName[name]; taken {
		c := s.clients.byID[id]
		if !c.deleted.IsZero() {
			c = c.next()
			c.deleted, c.updated = time.Time{}, s.tick()
			s.clients.put(c)
		}
		return 200, s.clientView(c), nil
	}
	now := s.tick()
	c := &row{id: s.ids.UUID(), fields: map[string]any{"tags": []any{}}, created: now, updated: now}
	lay(c, body)
	c.fields["client_name"] = name
	s.byName[name] = c.id
	s.clients.put(c)
	return 201, s.clientView(c), nil
}

func (s *Server) patchClient(id string, body map[string]any) (int, map[string]any, *refusal) {
	c := s.clients.live(id)
	if c == nil {
		return 0, nil, missing()
	}
	bad := check(body, clientRule)
	s.checkRep(body, bad)
	if _, has := body["client_name"]; has {
		text, _ := body["client_name"].(string)
		name := strings.TrimSpace(text)
		if owner, taken := s.byName[name]; name == "" || taken && owner != id {
			bad["client_name"] = []string{"has already been taken"}
		}
	}
	if len(bad) > 0 {
		return 0, nil, invalid(bad)
	}
	delete(s.byName, c.text("client_name"))
	c = c.next()
	lay(c, body)
	s.byName[c.text("client_name")] = id
	c.updated = s.tick()
	s.clients.put(c)
	return 200, s.clientView(c), nil
}

func (s *Server) checkRep(body map[string]any, bad map[string][]string) {
	rep, _ := body["client_rep_id"].(string)
	if rep != "" && !slices.ContainsFunc(s.users, func(u User) bool { return u.ID == rep && !u.Inactive }) {
		bad["client_rep_id"] = []string{"is not an active user"}
	}
}

// lay puts a checked body over a row.
func lay(r *row, body map[string]any) {
	for k, v := range body {
		if s, is := v.(string); is && (k == "contact_email" || k == "client_name") {
			v = strings.TrimSpace(s)
		}
		r.fields[k] = v
	}
}

// createContact always creates, also where the same person exists.
func (s *Server) createContact(_ string, body map[string]any) (int, map[string]any, *refusal) {
	bad := check(body, contactRule)
	for _, k := range []string{"client_id", "contact_first_name", "contact_last_name"} {
		if blank(body, k) && bad[k] == nil {
			bad[k] = []string{"is required"}
		}
	}
	s.checkContact(body, bad)
	if len(bad) > 0 {
		return 0, nil, invalid(bad)
	}
	now := s.tick()
	c := &row{id: s.ids.UUID(), fields: map[string]any{"tags": []any{}}, created: now, updated: now}
	lay(c, body)
	s.contacts.put(c)
	if owner := s.clients.live(c.text("client_id")); owner.text("primary_contact_id") == "" {
		owner = owner.next()
		owner.fields["primary_contact_id"] = c.id
		s.clients.put(owner)
	}
	return 201, s.contactView(c), nil
}

func (s *Server) patchContact(id string, body map[string]any) (int, map[string]any, *refusal) {
	c := s.contacts.live(id)
	if c == nil {
		return 0, nil, missing()
	}
	bad := check(body, contactRule)
	for _, k := range []string{"client_id", "contact_first_name", "contact_last_name"} {
		if _, has := body[k]; has && blank(body, k) && bad[k] == nil {
			bad[k] = []string{"is required"}
		}
	}
	s.checkContact(body, bad)
	if len(bad) > 0 {
		return 0, nil, invalid(bad)
	}
	c = c.next()
	lay(c, body)
	c.updated = s.tick()
	s.contacts.put(c)
	return 200, s.contactView(c), nil
}

func (s *Server) checkContact(body map[string]any, bad map[string][]string) {
	if id, is := body["client_id"].(string); is && bad["client_id"] == nil && s.clients.live(id) == nil {
		bad["client_id"] = []string{"does not exist"}
	}
	if e, is := body["contact_email"].(string); is && strings.ContainsAny(strings.TrimSpace(e), ", ;") {
		bad["contact_email"] = []string{"must be one address"}
	}
}

// remove is the soft delete: gone for a single read, visible to updated_since.
func (s *Server) remove(t *table, id string) *refusal {
	r := t.live(id)
	if r == nil {
		return missing()
	}
	r = r.next()
	r.deleted = s.tick()
	r.updated = r.deleted
	t.put(r)
	return nil
}

func (s *Server) drop(of func() *table) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		s.mu.Lock()
		f := s.remove(of(), r.PathValue("id"))
		s.mu.Unlock()
		if f != nil {
			answer(w, f.status, f.body)
			return
		}
		w.WriteHeader(http.StatusNoContent)
	}
}
