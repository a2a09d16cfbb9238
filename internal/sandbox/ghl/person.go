package ghl

import (
	"errors"
	"fmt"
	"strings"
	"time"
)

// What a person does in the UI: no quota, no token, the same rules and the same events as an API write. Fields are those
// of PUT /contacts/{id}.

// CreateContact makes a contact and returns its id.
func (s *Server) CreateContact(fields map[string]any) (string, error) {
	c, f := s.create(fields, map[string]any{"source": "WEB_USER", "channel": "APP", "timestamp": iso(time.Now())})
	if f != nil {
		return "", f.err()
	}
	return c.id, nil
}

// UpdateContact changes the given fields.
func (s *Server) UpdateContact(id string, fields map[string]any) error {
	_, f := s.update(id, fields)
	return f.err()
}

// DeleteContact deletes softly.
func (s *Server) DeleteContact(id string) error { return s.remove(id).err() }

// RestoreContact brings a deleted contact back under its id. No event tells of it.
func (s *Server) RestoreContact(id string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	r := s.store.byID[id]
	if r == nil || !r.now().deleted {
		return errors.New("sandbox: no deleted contact has this id")
	}
	c := r.now().next()
	c.deleted = false
	if f := s.taken(c); f != nil {
		return f.err()
	}
	s.store.put(c, s.opt.SearchLag)
	return nil
}

// AddTags and RemoveTags change the set of tags.
func (s *Server) AddTags(id string, tags ...string) error {
	_, _, f := s.tag(id, tags, true)
	return f.err()
}

// RemoveTags takes tags away.
func (s *Server) RemoveTags(id string, tags ...string) error {
	_, _, f := s.tag(id, tags, false)
	return f.err()
}

// Contact is a contact in the shape of GET /contacts/{id}, with no lag.
func (s *Server) Contact(id string) (map[string]any, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	c := s.store.get(id)
	if c == nil {
		return nil, false
	}
	return c.single(s.opt.LocationID), true
}

// Contacts are all of them, oldest change first.
func (s *Server) Contacts() []map[string]any {
	s.mu.Lock()
	defer s.mu.Unlock()
	var out []map[string]any
	for _, c := range s.store.since(time.Time{}, time.Now()) {
		out = append(out, c.single(s.opt.LocationID))
	}
	return out
}

// Events counts what was or would have been told by webhook.
func (s *Server) Events() int { s.mu.Lock(); defer s.mu.Unlock(); return s.events }

// SetQuiet stops or resumes events without touching the URL: for seeding.
func (s *Server) SetQuiet(quiet bool) { s.mu.Lock(); s.opt.NoWebhooks = quiet; s.mu.Unlock() }

// AddUser makes a user; a missing id is made up.
func (s *Server) AddUser(u User) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	if u.ID == "" {
		u.ID = s.ids.New(20, alphabet)
	}
	s.users = append(s.users, u)
	return u.ID
}

// AddField makes a custom field; a missing id and key are made up.
func (s *Server) AddField(f Field) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	if f.ID == "" {
		f.ID = s.ids.New(20, alphabet)
	}
	if f.Key == "" {
		f.Key = "contact." + strings.ReplaceAll(strings.ToLower(f.Name), " ", "_")
	}
	s.fields = append(s.fields, f)
	return f.ID
}

// AddBusiness makes a company; name is required of fields.
func (s *Server) AddBusiness(fields map[string]string) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	b := &business{id: s.ids.New(24, "0123456789abcdef"), text: fields, at: time.Now()}
	s.businesses[b.id] = b
	s.order = append(s.order, b.id)
	return b.id
}

func (f *fault) err() error {
	if f == nil {
		return nil
	}
	return fmt.Errorf("sandbox: GHL answers %d: %v", f.status, f.message)
}
