package ghl

import (
	"net/http"
	"strconv"
	"time"

	"tandem/internal/sandbox/wire"
)

func (s *Server) routes(to *wire.Router) {
	for pattern, h := range map[string]http.HandlerFunc{
		"POST /contacts/":                          s.scoped("contacts.write", s.postContact),
		"GET /contacts/":                           s.scoped("contacts.readonly", s.listContacts),
		"GET /contacts/{contactId}":                s.scoped("contacts.readonly", s.getContact),
		"PUT /contacts/{contactId}":                s.scoped("contacts.write", s.putContact),
		"DELETE /contacts/{contactId}":             s.scoped("contacts.write", s.deleteContact),
		"POST /contacts/{contactId}/tags":          s.scoped("contacts.write", s.postTags),
		"DELETE /contacts/{contactId}/tags":        s.scoped("contacts.write", s.deleteTags),
		"POST /contacts/search":                    s.scoped("contacts.readonly", s.search),
		"GET /contacts/search/duplicate":           s.scoped("contacts.readonly", s.duplicate),
		"GET /contacts/business/{businessId}":      s.scoped("contacts.readonly", s.contactsOfBusiness),
		"POST /contacts/bulk/business":             s.scoped("", s.bulkBusiness),
		"GET /locations/{locationId}":              s.scoped("locations.readonly", s.location),
		"GET /locations/{locationId}/customFields": s.scoped("locations/customFields.readonly", s.customFields),
		"GET /locations/{locationId}/tags":         s.scoped("locations/tags.readonly", s.locationTags),
		"GET /users/":                              s.scoped("users.readonly", s.listUsers),
		"GET /users/search":                        s.scoped("users.readonly", s.searchUsers),
		"GET /businesses/":                         s.scoped("businesses.readonly", s.listBusinesses),
		"GET /businesses/{businessId}":             s.scoped("businesses.readonly", s.getBusiness),
	} {
		to.Add(pattern, h)
	}
}

func unknown(w http.ResponseWriter, r *http.Request) {
	refuse(w, &fault{status: 404, message: "Cannot " + r.Method + " " + r.URL.Path})
}

func (s *Server) postContact(w http.ResponseWriter, r *http.Request) {
	b, ok := body(w, r)
	if !ok || !s.mine(w, b["locationId"]) {
		return
	}
	// sourceId proves a create of one's own after a lost answer.
	by := map[string]any{"source": "INTEGRATION", "channel": "OAUTH", "sourceId": s.opt.ClientID, "timestamp": iso(time.Now())}
	c, f := s.create(b, by)
	if f != nil {
		refuse(w, f)
		return
	}
	answer(w, 201, map[string]any{"contact": c.single(s.opt.LocationID), "traceId": "sandbox-trace"})
}

func (s *Server) getContact(w http.ResponseWriter, r *http.Request) {
	id := r.PathValue("contactId")
	s.mu.Lock()
	c := s.store.get(id)
	s.mu.Unlock()
	if c == nil {
		refuse(w, gone(id))
		return
	}
	answer(w, 200, map[string]any{"contact": c.single(s.opt.LocationID), "traceId": "sandbox-trace"})
}

func (s *Server) putContact(w http.ResponseWriter, r *http.Request) {
	b, ok := body(w, r)
	if !ok {
		return
	}
	c, f := s.update(r.PathValue("contactId"), b)
	if f != nil {
		refuse(w, f)
		return
	}
	answer(w, 200, map[string]any{"succeded": true, "contact": c.single(s.opt.LocationID), "traceId": "sandbox-trace"})
}

func (s *Server) deleteContact(w http.ResponseWriter, r *http.Request) {
	if f := s.remove(r.PathValue("contactId")); f != nil {
		refuse(w, f)
		return
	}
	answer(w, 200, map[string]any{"succeded": true, "traceId": "sandbox-trace"})
}

func (s *Server) listContacts(w http.ResponseWriter, r *http.Request) {
	q := r.URL.Query()
	limit, ok := number(w, r, "limit", 20, 100)
	if !ok || !s.mine(w, q.Get("locationId")) {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	all := s.store.since(time.Time{}, time.Now())
	from := 0
	if id := q.Get("startAfterId"); id != "" {
		ms, err := strconv.ParseInt(q.Get("startAfter"), 10, 64)
		if err != nil {
			refuse(w, invalid([]string{"startAfter must be a number"}))
			return
		}
		for from < len(all) && (all[from].updated.UnixMilli() < ms || all[from].updated.UnixMilli() == ms && all[from].id != id) {
			from++
		}
		if from < len(all) && all[from].id == id {
			from++
		}
	}
	rows := []map[string]any{}
	page := all[from:min(from+limit, len(all))]
	for _, c := range page {
		rows = append(rows, c.listed(s.opt.LocationID, s.businessName(c)))
	}
	meta := map[string]any{"total": len(all), "nextPageUrl": nil, "startAfter": nil, "startAfterId": nil,
		"currentPage": 1, "nextPage": nil, "prevPage": nil}
	if n := len(page); n > 0 && from+n < len(all) {
		last := page[n-1]
		ms := strconv.FormatInt(last.updated.UnixMilli(), 10)
		meta["startAfter"], meta["startAfterId"] = last.updated.UnixMilli(), last.id
		meta["nextPageUrl"] = "http://" + r.Host + "/contacts/?locationId=" + s.opt.LocationID + "&limit=" +
			strconv.Itoa(limit) + "&startAfter=" + ms + "&startAfterId=" + last.id
	}
	answer(w, 200, map[string]any{"contacts": rows, "count": len(all), "meta": meta, "traceId": "sandbox-trace"})
}
