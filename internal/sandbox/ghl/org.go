package ghl

import (
	"net/http"
	"slices"
	"strings"
	"time"
)

const companyID = "sandboxCompany000001"

type business struct {
	id   string
	text map[string]string
	at   time.Time
}

func (b *business) view(location string) map[string]any {
	m := map[string]any{"id": b.id, "locationId": location, "createdAt": iso(b.at), "updatedAt": iso(b.at)}
	for k, v := range b.text {
		m[k] = v
	}
	return m
}

func (s *Server) businessName(c *contact) string {
	if b := s.businesses[c.businessID]; b != nil {
		return b.text["name"]
	}
	return ""
}

func (s *Server) location(w http.ResponseWriter, r *http.Request) {
	if !s.mine(w, r.PathValue("locationId")) {
		return
	}
	answer(w, 200, map[string]any{"location": map[string]any{
		"id": s.opt.LocationID, "companyId": companyID, "name": "Sandbox Location", "country": "US",
		"timezone": "America/New_York", "email": "office@sandbox.example",
		"settings": map[string]any{"allowDuplicateContact": s.opt.AllowDuplicates, "allowDuplicateOpportunity": true,
			"contactUniqueIdentifiers": []string{"email", "phone"}, "disableContactTimezone": false},
	}, "traceId": "sandbox-trace"})
}

func (s *Server) customFields(w http.ResponseWriter, r *http.Request) {
	if !s.mine(w, r.PathValue("locationId")) {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	out := []map[string]any{}
	model := r.URL.Query().Get("model")
	for i, f := range s.fields {
		if model == "opportunity" {
			break
		}
		m := map[string]any{"id": f.ID, "name": f.Name, "fieldKey": f.Key, "dataType": f.DataType, "position": i * 50,
			"model": "contact", "locationId": s.opt.LocationID, "documentType": "field", "dateAdded": "2024-01-02T03:04:05.000Z"}
		if f.Options != nil {
			m["picklistOptions"] = f.Options
		}
		out = append(out, m)
	}
	answer(w, 200, map[string]any{"customFields": out, "traceId": "sandbox-trace"})
}

func (s *Server) locationTags(w http.ResponseWriter, r *http.Request) {
	if !s.mine(w, r.PathValue("locationId")) {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	out := []map[string]any{}
	for _, t := range s.tags {
		out = append(out, map[string]any{"id": s.tagKnown[t], "name": t, "locationId": s.opt.LocationID})
	}
	answer(w, 200, map[string]any{"tags": out, "traceId": "sandbox-trace"})
}

func (u User) view(location string) map[string]any {
	return map[string]any{"id": u.ID, "name": strings.TrimSpace(u.FirstName + " " + u.LastName), "firstName": u.FirstName,
		"lastName": u.LastName, "email": u.Email, "deleted": u.Deleted,
		"roles": map[string]any{"type": "account", "role": "user", "locationIds": []string{location}}}
}

func (s *Server) listUsers(w http.ResponseWriter, r *http.Request) {
	if !s.mine(w, r.URL.Query().Get("locationId")) {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	out := []map[string]any{}
	for _, u := range s.users {
		out = append(out, u.view(s.opt.LocationID))
	}
	answer(w, 200, map[string]any{"users": out, "traceId": "sandbox-trace"})
}

func (s *Server) searchUsers(w http.ResponseWriter, r *http.Request) {
	q := r.URL.Query()
	if q.Get("companyId") == "" {
		refuse(w, invalid([]string{"companyId should not be empty"}))
		return
	}
	limit, ok1 := number(w, r, "limit", 25, 100)
	if !ok1 {
		return
	}
	skip, ok2 := number(w, r, "skip", 0, 1<<30)
	if !ok2 {
		return
	}
	if q.Get("companyId") != companyID {
		refuse(w, &fault{status: 403, message: "The token does not have access to this company."})
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	out := []map[string]any{}
	for _, u := range s.users[min(skip, len(s.users)):min(skip+limit, len(s.users))] {
		out = append(out, u.view(s.opt.LocationID))
	}
	answer(w, 200, map[string]any{"users": out, "count": len(s.users), "traceId": "sandbox-trace"})
}

func (s *Server) listBusinesses(w http.ResponseWriter, r *http.Request) {
	limit, ok := number(w, r, "limit", 100, 100)
	if !ok || !s.mine(w, r.URL.Query().Get("locationId")) {
		return
	}
	skip, ok := number(w, r, "skip", 0, 1<<30)
	if !ok {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	out := []map[string]any{}
	for _, id := range s.order[min(skip, len(s.order)):min(skip+limit, len(s.order))] {
		out = append(out, s.businesses[id].view(s.opt.LocationID))
	}
	answer(w, 200, map[string]any{"businesses": out, "traceId": "sandbox-trace"})
}

func (s *Server) getBusiness(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	b := s.businesses[r.PathValue("businessId")]
	s.mu.Unlock()
	if b == nil {
		refuse(w, &fault{status: 400, message: "Business not found"})
		return
	}
	answer(w, 200, map[string]any{"business": b.view(s.opt.LocationID), "traceId": "sandbox-trace"})
}

func (s *Server) contactsOfBusiness(w http.ResponseWriter, r *http.Request) {
	if !s.mine(w, r.URL.Query().Get("locationId")) {
		return
	}
	limit, ok := number(w, r, "limit", 25, 100)
	if !ok {
		return
	}
	skip, ok := number(w, r, "skip", 0, 1<<30)
	if !ok {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	out := []map[string]any{}
	all := s.store.since(time.Time{}, time.Now())
	all = slices.DeleteFunc(all, func(c *contact) bool { return c.businessID != r.PathValue("businessId") })
	for _, c := range all[min(skip, len(all)):min(skip+limit, len(all))] {
		out = append(out, c.listed(s.opt.LocationID, s.businessName(c)))
	}
	answer(w, 200, map[string]any{"contacts": out, "count": len(all), "traceId": "sandbox-trace"})
}

// bulkBusiness links or unlinks contacts and a business. It fires nothing (issue 276).
func (s *Server) bulkBusiness(w http.ResponseWriter, r *http.Request) {
	b, ok := body(w, r)
	if !ok || !s.mine(w, b["locationId"]) {
		return
	}
	ids, ok := texts(b["ids"])
	target, isText := b["businessId"].(string)
	s.mu.Lock()
	known := !isText || s.businesses[target] != nil
	s.mu.Unlock()
	if !ok || !known {
		refuse(w, invalid([]string{"ids must be an array", "businessId must be a business of the location"}))
		return
	}
	done := []string{}
	for _, id := range ids {
		if _, f := s.change(id, func(c *contact) { c.businessID = target }); f == nil {
			done = append(done, id)
		}
	}
	answer(w, 200, map[string]any{"success": true, "ids": done, "traceId": "sandbox-trace"})
}
