package ghl

import (
	"slices"
	"sort"
	"strings"
	"time"
)

// record is a contact with those of its versions that the search index may still show.
type record struct{ versions []*contact }

func (r *record) now() *contact { return r.versions[len(r.versions)-1] }

// at is the version that an index shows which knows everything up to t; nil before the contact reached it.
func (r *record) at(t time.Time) *contact {
	for i := len(r.versions) - 1; i >= 0; i-- {
		if !r.versions[i].updated.After(t) {
			return r.versions[i]
		}
	}
	return nil
}

// store holds all contacts with their indexes. Its user locks it.
type store struct {
	byID           map[string]*record
	byEmail, phone map[string][]string // lower-case e-mail, phone → ids
	log            []*contact          // versions by time of writing; stale ones are passed over
	live           int
	last           time.Time
}

func newStore() *store {
	return &store{byID: map[string]*record{}, byEmail: map[string][]string{}, phone: map[string][]string{}}
}

func (s *store) get(id string) *contact {
	r := s.byID[id]
	if r == nil || r.now().deleted {
		return nil
	}
	return r.now()
}

// tick is now in the precision of the API, never before an earlier tick.
func (s *store) tick() time.Time {
	now := time.Now().Truncate(time.Millisecond)
	if now.Before(s.last) {
		now = s.last
	}
	s.last = now
	return now
}

// put makes c the current version, stamped with now.
func (s *store) put(c *contact, lag time.Duration) {
	c.updated = s.tick()
	r := s.byID[c.id]
	if r == nil {
		r = &record{}
		s.byID[c.id] = r
	} else if old := r.now(); !old.deleted {
		s.unindex(old)
	}
	shown := r.at(c.updated.Add(-lag))
	keep := slices.IndexFunc(r.versions, func(v *contact) bool { return v == shown })
	r.versions = append(slices.Clone(r.versions[max(keep, 0):]), c)
	s.log = append(s.log, c)
	if !c.deleted {
		s.live++
		s.index(c)
	}
	if len(s.log) > 3*len(s.byID)+1000 {
		s.log = slices.DeleteFunc(s.log, func(v *contact) bool { return !slices.Contains(s.byID[v.id].versions, v) })
	}
}

func (s *store) index(c *contact) {
	if e := strings.ToLower(c.text["email"]); e != "" {
		s.byEmail[e] = append(s.byEmail[e], c.id)
	}
	if p := c.text["phone"]; p != "" {
		s.phone[p] = append(s.phone[p], c.id)
	}
}

func (s *store) unindex(c *contact) {
	s.live--
	drop(s.byEmail, strings.ToLower(c.text["email"]), c.id)
	drop(s.phone, c.text["phone"], c.id)
}

func drop(m map[string][]string, key, id string) {
	left := slices.DeleteFunc(m[key], func(v string) bool { return v == id })
	if len(left) == 0 {
		delete(m, key)
		return
	}
	m[key] = left
}

// since are the versions shown at t that were written at or after from, in order of writing.
func (s *store) since(from, t time.Time) []*contact {
	start := sort.Search(len(s.log), func(i int) bool { return !s.log[i].updated.Before(from) })
	var out []*contact
	for _, c := range s.log[start:] {
		if c.updated.After(t) {
			break
		}
		if !c.deleted && s.byID[c.id].at(t) == c {
			out = append(out, c)
		}
	}
	return out
}
