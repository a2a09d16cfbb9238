package commonsku

import (
	"fmt"
	"maps"
)

// What a person does in the UI: no quota, no key, the same rules as a write by API. Fields are those of the contract.

// CreateClient makes a client, or returns (and restores) the one of the same spelling.
func (s *Server) CreateClient(fields map[string]any) (string, error) {
	return s.act("client_id", func() (int, map[string]any, *refusal) { return s.createClient("", plain(fields)) })
}

// UpdateClient changes the given fields.
func (s *Server) UpdateClient(id string, fields map[string]any) error {
	_, err := s.act("client_id", func() (int, map[string]any, *refusal) { return s.patchClient(id, plain(fields)) })
	return err
}

// DeleteClient deletes softly; its contacts stay.
func (s *Server) DeleteClient(id string) error { return s.away(s.clients, id) }

// CreateContact makes a contact of a client.
func (s *Server) CreateContact(fields map[string]any) (string, error) {
	return s.act("contact_id", func() (int, map[string]any, *refusal) { return s.createContact("", plain(fields)) })
}

// UpdateContact changes the given fields.
func (s *Server) UpdateContact(id string, fields map[string]any) error {
	_, err := s.act("contact_id", func() (int, map[string]any, *refusal) { return s.patchContact(id, plain(fields)) })
	return err
}

// DeleteContact deletes softly.
func (s *Server) DeleteContact(id string) error { return s.away(s.contacts, id) }

// Client is a client as GET answers it.
func (s *Server) Client(id string) (map[string]any, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	r := s.clients.live(id)
	if r == nil {
		return nil, false
	}
	return s.clientView(r), true
}

// Contact is a contact as GET answers it.
func (s *Server) Contact(id string) (map[string]any, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	r := s.contacts.live(id)
	if r == nil {
		return nil, false
	}
	return s.contactView(r), true
}

// Clients are all that live, oldest first.
func (s *Server) Clients() []map[string]any {
	s.mu.Lock()
	defer s.mu.Unlock()
	out, _ := walk(s.clients, s.clients.order, page{Size: len(s.clients.order)}, func(*row) bool { return true }, s.clientView)
	return out
}

// Contacts are all that live, oldest first.
func (s *Server) Contacts() []map[string]any {
	s.mu.Lock()
	defer s.mu.Unlock()
	out, _ := walk(s.contacts, s.contacts.order, page{Size: len(s.contacts.order)}, func(*row) bool { return true }, s.contactView)
	return out
}

// AddUser makes a user; a missing id is made up.
func (s *Server) AddUser(u User) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	if u.ID == "" {
		u.ID = s.ids.UUID()
	}
	s.users = append(s.users, u)
	return u.ID
}

// SetUserActive removes a user's seat, or gives it back.
func (s *Server) SetUserActive(id string, active bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for i := range s.users {
		if s.users[i].ID == id {
			s.users[i].Inactive = !active
		}
	}
}

func (s *Server) act(key string, do func() (int, map[string]any, *refusal)) (string, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	_, data, f := do()
	if f != nil {
		return "", f.err()
	}
	return data[key].(string), nil
}

func (s *Server) away(t *table, id string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if f := s.remove(t, id); f != nil {
		return f.err()
	}
	return nil
}

func (f *refusal) err() error {
	return fmt.Errorf("sandbox: commonsku answers %d: %v", f.status, f.body)
}

// plain lets Go callers give tags as []string; over HTTP they are []any already.
func plain(fields map[string]any) map[string]any {
	list, is := fields["tags"].([]string)
	if !is {
		return fields
	}
	out, tags := maps.Clone(fields), make([]any, len(list))
	for i, t := range list {
		tags[i] = t
	}
	out["tags"] = tags
	return out
}
