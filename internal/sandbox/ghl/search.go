package ghl

import (
	"cmp"
	"net/http"
	"slices"
	"strings"
	"time"
)

// duplicate is immediate, unlike search. Of both keys given, the e-mail decides.
func (s *Server) duplicate(w http.ResponseWriter, r *http.Request) {
	q := r.URL.Query()
	if !s.mine(w, q.Get("locationId")) {
		return
	}
	email, tel := strings.ToLower(strings.TrimSpace(q.Get("email"))), strings.TrimSpace(q.Get("number"))
	if email == "" && tel == "" {
		refuse(w, &fault{status: 400, message: "Please pass either email or number"})
		return
	}
	s.mu.Lock()
	ids := s.store.byEmail[email]
	if len(ids) == 0 && tel != "" {
		ids = s.store.phone[phone(tel)]
	}
	var found any
	if len(ids) > 0 {
		found = s.store.get(ids[0]).single(s.opt.LocationID)
	}
	s.mu.Unlock()
	answer(w, 200, map[string]any{"contact": found, "traceId": "sandbox-trace"})
}

// query is a checked body of POST /contacts/search.
type query struct {
	limit, page int
	after       []any
	text        string
	filters     []filter
	sort        []order
}

type order struct {
	field string
	desc  bool
}

func parseQuery(b map[string]any) (query, *fault) {
	var q query
	var bad []string
	for k, v := range b {
		switch k {
		case "locationId":
		case "pageLimit":
			n, is := v.(float64)
			if q.limit = int(n); !is || n < 1 || n > 500 {
				bad = append(bad, "pageLimit must not be greater than 500")
			}
		case "page":
			n, _ := v.(float64)
			q.page = int(n)
		case "searchAfter":
			q.after, _ = v.([]any)
		case "query":
			q.text, _ = v.(string)
			if len(q.text) > 75 {
				bad = append(bad, "query must be shorter than or equal to 75 characters")
			}
		case "filters":
			fs, err := parseFilters(v)
			if err != "" {
				bad = append(bad, err)
			}
			q.filters = fs
		case "sort":
			list, _ := v.([]any)
			for _, x := range list {
				m, _ := x.(map[string]any)
				f, _ := m["field"].(string)
				if !slices.Contains([]string{"firstNameLowerCase", "lastNameLowerCase", "businessName", "dateAdded",
					"dateUpdated", "email", "dnd", "source"}, f) {
					bad = append(bad, "sort field "+f+" is not supported")
				}
				q.sort = append(q.sort, order{f, m["direction"] == "desc"})
			}
			if len(q.sort) > 2 {
				bad = append(bad, "sort must contain no more than 2 elements")
			}
		default:
			bad = append(bad, "property "+k+" should not exist")
		}
	}
	if q.limit == 0 && bad == nil {
		bad = append(bad, "pageLimit should not be empty")
	}
	if q.page > 0 && len(q.after) > 0 {
		bad = append(bad, "page and searchAfter can not be used together")
	}
	if q.page*q.limit > 10000 {
		bad = append(bad, "page * pageLimit must not be greater than 10000")
	}
	if bad != nil {
		return q, invalid(bad)
	}
	return q, nil
}

func (s *Server) search(w http.ResponseWriter, r *http.Request) {
	b, ok := body(w, r)
	if !ok || !s.mine(w, b["locationId"]) {
		return
	}
	q, f := parseQuery(b)
	if f != nil {
		refuse(w, f)
		return
	}
	s.mu.Lock()
	rows, total := s.run(q)
	out := []map[string]any{}
	for _, c := range rows {
		m := c.row(s.opt.LocationID, s.businessName(c))
		m["searchAfter"] = key(c, q.sort)
		out = append(out, m)
	}
	s.mu.Unlock()
	answer(w, 200, map[string]any{"contacts": out, "total": total, "traceId": "sandbox-trace"})
}

// run is called under the lock.
func (s *Server) run(q query) ([]*contact, int) {
	shown := time.Now().Add(-s.opt.SearchLag)
	var found []*contact
	for _, c := range s.candidates(q, shown) {
		if matches(c, q.filters, s) && (q.text == "" || contains(c, q.text)) {
			found = append(found, c)
		}
	}
	by := q.sort
	less := func(a, b *contact) int { return compareKeys(key(a, by), key(b, by), by) }
	if !slices.IsSortedFunc(found, less) {
		slices.SortFunc(found, less)
	}
	total, from := len(found), 0
	if len(q.after) > 0 {
		from, _ = slices.BinarySearchFunc(found, q.after, func(c *contact, k []any) int {
			if compareKeys(key(c, by), k, by) <= 0 {
				return -1
			}
			return 1
		})
	} else if q.page > 1 {
		from = min((q.page-1)*q.limit, total)
	}
	return found[from:min(from+q.limit, total)], total
}

// candidates narrows a search by an index where a filter allows it.
func (s *Server) candidates(q query, shown time.Time) []*contact {
	var from time.Time
	for _, f := range q.filters {
		v, _ := f.value.(string)
		var ids []string
		switch {
		case f.op == "range" && f.field == "dateUpdated":
			if lo, has := f.bound("gte", "gt"); has {
				from = time.UnixMilli(lo)
			}
			continue
		case f.op != "eq":
			continue
		case f.field == "id":
			ids = []string{v}
		case f.field == "email":
			ids = s.store.byEmail[strings.ToLower(v)]
		case f.field == "phone":
			ids = s.store.phone[v]
		default:
			continue
		}
		var out []*contact
		for _, id := range ids {
			if r := s.store.byID[id]; r != nil {
				if c := r.at(shown); c != nil && !c.deleted {
					out = append(out, c)
				}
			}
		}
		return out
	}
	return s.store.since(from, shown)
}

func contains(c *contact, text string) bool {
	text = strings.ToLower(text)
	return strings.Contains(strings.ToLower(c.name()), text) || strings.Contains(strings.ToLower(c.text["email"]), text) ||
		strings.Contains(c.text["phone"], text) || strings.Contains(strings.ToLower(c.text["companyName"]), text)
}

// key is what a row sorts by, its id last so that no two are equal. Without a sort: newest first by dateAdded.
func key(c *contact, by []order) []any {
	var k []any
	for _, o := range by {
		switch o.field {
		case "dateUpdated":
			k = append(k, float64(c.updated.UnixMilli()))
		case "dateAdded":
			k = append(k, float64(c.added.UnixMilli()))
		case "firstNameLowerCase":
			k = append(k, strings.ToLower(c.text["firstName"]))
		case "lastNameLowerCase":
			k = append(k, strings.ToLower(c.text["lastName"]))
		case "email", "source":
			k = append(k, strings.ToLower(c.text[o.field]))
		case "dnd":
			k = append(k, map[bool]string{true: "1", false: "0"}[c.dnd])
		default:
			k = append(k, strings.ToLower(c.text["companyName"]))
		}
	}
	if by == nil {
		k = append(k, float64(c.added.UnixMilli()))
	}
	return append(k, c.id)
}

func compareKeys(a, b []any, by []order) int {
	for i := range min(len(a), len(b)) {
		n := 0
		if x, is := a[i].(float64); is {
			y, _ := b[i].(float64)
			n = cmp.Compare(x, y)
		} else {
			x, _ := a[i].(string)
			y, _ := b[i].(string)
			n = strings.Compare(x, y)
		}
		if by == nil && i == 0 || i < len(by) && by[i].desc {
			n = -n
		}
		if n != 0 {
			return n
		}
	}
	return 0
}
