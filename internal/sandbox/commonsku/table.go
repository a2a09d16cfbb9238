package commonsku

import (
	"maps"
	"slices"
	"sort"
	"strings"
	"time"
)

// row is one version of a record; never changed.
type row struct {
	id      string
	n       int // place in the order of changes
	fields  map[string]any
	created time.Time
	updated time.Time
	deleted time.Time // zero if it lives
}

func (r *row) text(key string) string { s, _ := r.fields[key].(string); return s }

func (r *row) next() *row {
	c := *r
	c.fields = maps.Clone(r.fields)
	return &c
}

// table is all records of one kind with its indexes. Its user locks it.
type table struct {
	byID   map[string]*row
	order  []string // ids by creation
	log    []*row   // changes in their order; stale ones are passed over
	n      int
	parent string // indexed field
	email  string // indexed field, without case
	under  map[string][]string
	byMail map[string][]string
}

func newTable(parent, email string) *table {
	return &table{byID: map[string]*row{}, parent: parent, email: email, under: map[string][]string{}, byMail: map[string][]string{}}
}

func (t *table) live(id string) *row {
	if r := t.byID[id]; r != nil && r.deleted.IsZero() {
		return r
	}
	return nil
}

func (t *table) put(r *row) {
	old := t.byID[r.id]
	if old == nil {
		t.order = append(t.order, r.id)
	} else {
		t.unindex(old)
	}
	t.n++
	r.n = t.n
	t.byID[r.id] = r
	t.log = append(t.log, r)
	if t.parent != "" {
		t.under[r.text(t.parent)] = append(t.under[r.text(t.parent)], r.id)
	}
	if e := strings.ToLower(r.text(t.email)); e != "" {
		t.byMail[e] = append(t.byMail[e], r.id)
	}
	if len(t.log) > 2*len(t.order)+1000 {
		t.log = slices.DeleteFunc(t.log, func(v *row) bool { return t.byID[v.id] != v })
	}
}

func (t *table) unindex(r *row) {
	without := func(m map[string][]string, key string) {
		m[key] = slices.DeleteFunc(m[key], func(id string) bool { return id == r.id })
		if len(m[key]) == 0 {
			delete(m, key)
		}
	}
	without(t.under, r.text(t.parent))
	without(t.byMail, strings.ToLower(r.text(t.email)))
}

// changed are up to limit rows changed at or after since, beyond place n in the order of changes.
func (t *table) changed(since time.Time, n, limit int, keep func(*row) bool) []*row {
	start := sort.Search(len(t.log), func(i int) bool { return t.log[i].n > n && !t.log[i].updated.Before(since) })
	var out []*row
	for _, r := range t.log[start:] {
		if t.byID[r.id] != r || !keep(r) {
			continue
		}
		if out = append(out, r); len(out) == limit {
			break
		}
	}
	return out
}
