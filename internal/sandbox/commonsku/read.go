package commonsku

import (
	"encoding/base64"
	"encoding/json"
	"maps"
	"net/http"
	"strconv"
	"strings"
	"time"
)

const stamp = "2006-01-02 15:04:05"

func (s *Server) stamps(m map[string]any, r *row) {
	m["date_created"], m["date_updated"] = r.created.In(s.opt.Zone).Format(stamp), r.updated.In(s.opt.Zone).Format(stamp)
	m["date_deleted"] = nil
	if !r.deleted.IsZero() {
		m["date_deleted"] = r.deleted.In(s.opt.Zone).Format(stamp)
	}
}

func (s *Server) clientView(r *row) map[string]any {
	m := map[string]any{"customer_number": nil, "phone": nil, "website": nil, "industry_name": nil, "status_name": nil,
		"client_rep_id": nil, "primary_contact_id": nil, "primary_contact_email": nil, "client_rep_first_name": nil,
		"client_rep_last_name": nil}
	maps.Copy(m, r.fields)
	m["client_id"] = r.id
	if p := s.contacts.live(r.text("primary_contact_id")); p != nil {
		m["primary_contact_email"] = p.fields["contact_email"]
	}
	for _, u := range s.users {
		if u.ID == r.text("client_rep_id") {
			m["client_rep_first_name"], m["client_rep_last_name"] = u.FirstName, u.LastName
		}
	}
	s.stamps(m, r)
	m["latest_use"] = m["date_updated"]
	return m
}

func (s *Server) contactView(r *row) map[string]any {
	m := map[string]any{"contact_email": nil, "contact_phone": nil, "contact_cell": nil, "position": nil,
		"department_name": nil, "address": nil}
	maps.Copy(m, r.fields)
	m["contact_id"] = r.id
	if c := s.clients.byID[r.text("client_id")]; c != nil {
		m["client_name"] = c.text("client_name")
	}
	s.stamps(m, r)
	return m
}

func (s *Server) one(of func() *table, view func(*row) map[string]any) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		s.mu.Lock()
		defer s.mu.Unlock()
		found := of().live(r.PathValue("id"))
		if found == nil {
			answer(w, 404, map[string]any{"message": "Not Found"})
			return
		}
		answer(w, 200, map[string]any{"data": view(found)})
	}
}

// page is a list call: filters and size, and how far the reader is. All of it travels in the cursor.
type page struct {
	Size   int    `json:"s"`
	Since  string `json:"u,omitempty"`
	Name   string `json:"n,omitempty"`
	Client string `json:"c,omitempty"`
	Email  string `json:"e,omitempty"`
	At     int    `json:"a,omitempty"` // place in the order of changes, or in the order of creation
}

func (s *Server) list(of func(p page, since time.Time) (rows []map[string]any, at int, total int)) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		q := r.URL.Query()
		p := page{Size: 25, Since: q.Get("updated_since"), Name: q.Get("client_name"), Client: q.Get("client_id"), Email: q.Get("contact_email")}
		if v := q.Get("per_page"); v != "" {
			n, err := strconv.Atoi(v)
			if err != nil || n < 1 || n > 100 {
				answer(w, 400, map[string]any{"message": "per_page must be between 1 and 100"})
				return
			}
			p.Size = n
		}
		if c := q.Get("cursor"); c != "" {
			raw, err := base64.RawURLEncoding.DecodeString(c)
			if err != nil || json.Unmarshal(raw, &p) != nil {
				answer(w, 400, map[string]any{"message": "cursor is not valid"})
				return
			}
		}
		if s.opt.ReadOnly {
			p.Since = ""
		}
		var since time.Time
		if p.Since != "" {
			var err error
			if since, err = time.ParseInLocation(stamp, p.Since, s.opt.Zone); err != nil {
				answer(w, 400, map[string]any{"message": "updated_since must be YYYY-MM-DD HH:MM:SS"})
				return
			}
		}
		s.mu.Lock()
		defer s.mu.Unlock()
		rows, at, total := of(p, since)
		meta := map[string]any{"total": total, "cursor": nil}
		if len(rows) == p.Size {
			p.At = at
			raw, _ := json.Marshal(p)
			meta["cursor"] = base64.RawURLEncoding.EncodeToString(raw)
		}
		if rows == nil {
			rows = []map[string]any{}
		}
		answer(w, 200, map[string]any{"data": rows, "meta": meta})
	}
}

// walk pages through ids, by their place in the list.
func walk(t *table, ids []string, p page, keep func(*row) bool, view func(*row) map[string]any) (out []map[string]any, at int) {
	for at = p.At; at < len(ids) && len(out) < p.Size; at++ {
		if r := t.live(ids[at]); r != nil && keep(r) {
			out = append(out, view(r))
		}
	}
	return out, at
}

func (s *Server) listed(t *table, ids []string, p page, since time.Time, keep func(*row) bool, view func(*row) map[string]any) ([]map[string]any, int, int) {
	if p.Since == "" {
		rows, at := walk(t, ids, p, keep, view)
		return rows, at, len(ids)
	}
	found := t.changed(since, p.At, p.Size, keep)
	at := p.At
	var rows []map[string]any
	for _, r := range found {
		rows, at = append(rows, view(r)), r.n
	}
	return rows, at, len(t.order)
}

func (s *Server) clientList(p page, since time.Time) ([]map[string]any, int, int) {
	ids := s.clients.order
	if p.Name != "" && p.Since == "" {
		ids = nil
		if id, has := s.byName[p.Name]; has {
			ids = []string{id}
		}
	}
	return s.listed(s.clients, ids, p, since, func(r *row) bool { return p.Name == "" || r.text("client_name") == p.Name }, s.clientView)
}

func (s *Server) contactList(p page, since time.Time) ([]map[string]any, int, int) {
	ids := s.contacts.order
	switch {
	case p.Email != "":
		ids = s.contacts.byMail[strings.ToLower(strings.TrimSpace(p.Email))]
	case p.Client != "":
		ids = s.contacts.under[p.Client]
	}
	keep := func(r *row) bool {
		return (p.Client == "" || r.text("client_id") == p.Client) &&
			(p.Email == "" || strings.EqualFold(r.text("contact_email"), strings.TrimSpace(p.Email)))
	}
	return s.listed(s.contacts, ids, p, since, keep, s.contactView)
}

func (s *Server) userList(p page, _ time.Time) ([]map[string]any, int, int) {
	var out []map[string]any
	at := p.At
	for ; at < len(s.users) && len(out) < p.Size; at++ {
		u := s.users[at]
		out = append(out, map[string]any{"user_id": u.ID, "user_email": u.Email, "user_first_name": u.FirstName,
			"user_last_name": u.LastName, "active": !u.Inactive})
	}
	return out, at, len(s.users)
}
