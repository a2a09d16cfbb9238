package ghl

import (
	"net/http"
	"slices"
)

// learn adds tags to the location's list.
func (s *Server) learn(tags []string) {
	for _, t := range tags {
		if _, has := s.tagKnown[t]; !has {
			s.tagKnown[t] = s.ids.New(20, alphabet)
			s.tags = append(s.tags, t)
		}
	}
}

func (s *Server) postTags(w http.ResponseWriter, r *http.Request)   { s.changeTags(w, r, true) }
func (s *Server) deleteTags(w http.ResponseWriter, r *http.Request) { s.changeTags(w, r, false) }

// changeTags answers with the whole set, which is a free read-back.
func (s *Server) changeTags(w http.ResponseWriter, r *http.Request, add bool) {
	b, ok := body(w, r)
	if !ok {
		return
	}
	list, ok := texts(b["tags"])
	if !ok || len(list) == 0 {
		refuse(w, invalid([]string{"tags should not be empty", "each value in tags must be a string"}))
		return
	}
	for k := range b {
		if k != "tags" {
			refuse(w, invalid([]string{"property " + k + " should not exist"}))
			return
		}
	}
	all, moved, f := s.tag(r.PathValue("contactId"), list, add)
	switch {
	case f != nil:
		refuse(w, f)
	case add:
		answer(w, 201, map[string]any{"tags": all, "tagsAdded": moved, "traceId": "sandbox-trace"})
	default:
		answer(w, 200, map[string]any{"tags": all, "tagsRemoved": moved, "traceId": "sandbox-trace"})
	}
}

func (s *Server) tag(id string, list []string, add bool) (all, moved []string, f *fault) {
	moved = []string{}
	c, f := s.change(id, func(c *contact) {
		for _, t := range fold(list) {
			has := slices.Contains(c.tags, t)
			if has == add {
				continue
			}
			moved = append(moved, t)
			if add {
				c.tags = append(c.tags, t)
			} else {
				c.tags = slices.DeleteFunc(c.tags, func(x string) bool { return x == t })
			}
		}
		s.learn(c.tags)
	})
	if f != nil {
		return nil, nil, f
	}
	return tagsOf(c), moved, nil
}
