package ghl

import (
	"fmt"
	"slices"
	"strings"
	"unicode"
)

// textual are the columns that POST and PUT take as text. Live acceptance, not the file's schema: companyName and type
// are missing there and work (issue 314).
func textual(key string) bool {
	switch key {
	case "firstName", "lastName", "name", "email", "phone", "address1", "city", "state", "postalCode", "country", "website",
		"timezone", "companyName", "type", "dateOfBirth", "source", "assignedTo", "keyword", "ssn":
		return true
	}
	return false
}

// fault is a refusal of a write; a nil fault is none.
type fault struct {
	status  int
	message any // text, or a list of texts on 422
	meta    map[string]any
}

func invalid(messages []string) *fault { return &fault{status: 422, message: messages} }

// check refuses what the API refuses: one unknown key refuses the whole body (issues 262, 313, 314).
func check(body map[string]any, create bool) *fault {
	var bad []string
	for k, v := range body {
		switch {
		case textual(k):
			if _, is := v.(string); !is && v != nil {
				bad = append(bad, k+" must be a string")
			}
		case k == "gender" && create, k == "locationId" && create:
			if _, is := v.(string); !is {
				bad = append(bad, k+" must be a string")
			}
		case k == "tags":
			if _, ok := texts(v); !ok && v != nil {
				bad = append(bad, "each value in tags must be a string")
			}
		case k == "customFields":
			list, is := v.([]any)
			if !is {
				bad = append(bad, "customFields must be an array")
			}
			for _, row := range list {
				if _, is := row.(map[string]any); !is {
					bad = append(bad, "each value in nested property customFields must be either object or array")
				}
			}
		case k == "dnd":
			if _, is := v.(bool); !is {
				bad = append(bad, "dnd must be a boolean value")
			}
		case k == "dndSettings", k == "inboundDndSettings":
			if _, is := v.(map[string]any); !is {
				bad = append(bad, k+" must be an object")
			}
		default:
			bad = append(bad, "property "+k+" should not exist")
		}
	}
	if e, is := body["email"].(string); is && e != "" && !strings.Contains(strings.TrimSpace(e), "@") {
		bad = append(bad, "email must be an email")
	}
	if bad == nil {
		return nil
	}
	slices.Sort(bad)
	return invalid(bad)
}

func texts(v any) ([]string, bool) {
	switch list := v.(type) {
	case []string:
		return list, true
	case []any:
		out := []string{}
		for _, x := range list {
			s, is := x.(string)
			if !is {
				return nil, false
			}
			out = append(out, s)
		}
		return out, true
	}
	return nil, false
}

// fill lays a checked body over c. Clearing by "" or null removes the value.
func (s *Server) fill(c *contact, body map[string]any) {
	for k, v := range body {
		if !textual(k) {
			continue
		}
		t, _ := v.(string)
		c.text[k] = normal(k, t)
	}
	if full, has := c.text["name"]; has {
		delete(c.text, "name")
		_, first := body["firstName"]
		_, last := body["lastName"]
		if !first && !last {
			c.text["firstName"], c.text["lastName"], _ = strings.Cut(full, " ")
			c.text["lastName"] = strings.TrimSpace(c.text["lastName"])
		}
	}
	if v, has := body["tags"]; has {
		list, _ := texts(v)
		c.tags = fold(list)
		s.learn(c.tags)
	}
	if rows, is := body["customFields"].([]any); is {
		for _, r := range rows {
			s.fillCustom(c, r.(map[string]any))
		}
	}
	if v, is := body["dnd"].(bool); is {
		c.dnd = v
	}
	if v, has := body["dndSettings"]; has {
		c.dndSettings = v
	}
	if v, has := body["inboundDndSettings"]; has {
		c.inboundDnd = v
	}
}

// fillCustom takes {id|key, field_value|value}. A field that the location does not have is dropped with a 200.
func (s *Server) fillCustom(c *contact, row map[string]any) {
	id, _ := row["id"].(string)
	key, _ := row["key"].(string)
	i := slices.IndexFunc(s.fields, func(f Field) bool {
		return id != "" && f.ID == id || id == "" && key != "" && (f.Key == key || strings.TrimPrefix(f.Key, "contact.") == key)
	})
	if i < 0 {
		return
	}
	v, has := row["field_value"]
	if !has {
		v = row["value"]
	}
	list, isList := v.([]any)
	if v == nil || v == "" || isList && len(list) == 0 {
		delete(c.custom, s.fields[i].ID)
		return
	}
	c.custom[s.fields[i].ID] = v
}

// normal is what GHL makes of a text on saving: phones get a +, and nothing else is validated.
func normal(key, v string) string {
	v = strings.TrimSpace(v)
	switch key {
	case "phone":
		return phone(v)
	case "country":
		return strings.ToUpper(v)
	}
	return v
}

func phone(v string) string {
	if v == "" || strings.HasPrefix(v, "+") {
		return v
	}
	digits := strings.Map(func(r rune) rune {
		if unicode.IsDigit(r) {
			return r
		}
		return -1
	}, v)
	switch {
	case len(digits) == 10:
		return "+1" + digits
	case len(digits) == 11 && digits[0] == '1':
		return "+" + digits
	}
	return "+" + v
}

// fold lower-cases tags on saving and drops doubles.
func fold(list []string) []string {
	out := []string{}
	for _, t := range list {
		if t = strings.ToLower(strings.TrimSpace(t)); t != "" && !slices.Contains(out, t) {
			out = append(out, t)
		}
	}
	return out
}

// taken refuses a doubled e-mail or phone where the location allows no duplicates, on create and on PUT alike.
func (s *Server) taken(c *contact) *fault {
	if s.opt.AllowDuplicates {
		return nil
	}
	refuse := func(ids []string, field string) *fault {
		for _, id := range ids {
			if id != c.id {
				return &fault{status: 400, message: "This location does not allow duplicated contacts.",
					meta: map[string]any{"contactId": id, "matchingField": field, "contactName": s.store.get(id).name()}}
			}
		}
		return nil
	}
	if e := strings.ToLower(c.text["email"]); e != "" {
		if f := refuse(s.store.byEmail[e], "email"); f != nil {
			return f
		}
	}
	if p := c.text["phone"]; p != "" {
		return refuse(s.store.phone[p], "phone")
	}
	return nil
}

// create makes a contact, by an app or (createdBy nil) a person.
func (s *Server) create(body, createdBy map[string]any) (*contact, *fault) {
	if f := check(body, true); f != nil {
		return nil, f
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	c := &contact{id: s.ids.New(20, alphabet), text: map[string]string{}, custom: map[string]any{}, createdBy: createdBy}
	s.fill(c, body)
	if c.text["type"] == "" {
		c.text["type"] = "lead"
	}
	if c.text["country"] == "" {
		c.text["country"] = "US"
	}
	if f := s.taken(c); f != nil {
		return nil, f
	}
	c.added = s.store.tick()
	s.store.put(c, s.opt.SearchLag)
	s.fire("ContactCreate", c.event())
	return c, nil
}

// update lays a partial body over a contact and fires an event for what changed.
func (s *Server) update(id string, body map[string]any) (*contact, *fault) {
	if f := check(body, false); f != nil {
		return nil, f
	}
	return s.change(id, func(c *contact) { s.fill(c, body) })
}

// change makes the next version of a contact and fires the events that tell of it.
func (s *Server) change(id string, with func(*contact)) (*contact, *fault) {
	s.mu.Lock()
	defer s.mu.Unlock()
	old := s.store.get(id)
	if old == nil {
		return nil, gone(id)
	}
	c := old.next()
	with(c)
	if f := s.taken(c); f != nil {
		return nil, f
	}
	s.store.put(c, s.opt.SearchLag)
	if !slices.Equal(old.tags, c.tags) {
		s.fire("ContactTagUpdate", c.event())
	}
	if old.dnd != c.dnd || fmt.Sprint(old.dndSettings) != fmt.Sprint(c.dndSettings) {
		s.fire("ContactDndUpdate", c.event())
	}
	if differs(old, c) {
		s.fire("ContactUpdate", c.event())
	}
	return c, nil
}

// differs tells whether anything changed that ContactUpdate speaks of: not the link to a business (issue 276).
func differs(a, b *contact) bool {
	for k := range b.text {
		if a.text[k] != b.text[k] {
			return true
		}
	}
	return fmt.Sprint(a.custom) != fmt.Sprint(b.custom)
}

func gone(id string) *fault {
	return &fault{status: 400, message: "Contact with id " + id + " not found"}
}

// remove is the soft delete: the contact is gone for the API.
func (s *Server) remove(id string) *fault {
	s.mu.Lock()
	defer s.mu.Unlock()
	old := s.store.get(id)
	if old == nil {
		return gone(id)
	}
	c := old.next()
	c.deleted = true
	s.store.put(c, s.opt.SearchLag)
	s.fire("ContactDelete", old.event())
	return nil
}
