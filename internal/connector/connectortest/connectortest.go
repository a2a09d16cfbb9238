// Package connectortest is the one suite that every driver passes, run against a system that answers (real or
// simulated). It asserts what the engine relies on: what a write stores can be read, an update touches nothing else, an
// emptied field is empty, a deleted record is gone by a direct read, a walk shows everything once, and an error says what
// the caller may do. Whatever a system does differently is read from its Capabilities, never from its name.
package connectortest

import (
	"context"
	"fmt"
	"slices"
	"testing"
	"time"

	"tandem/internal/connector"
	"tandem/internal/record"
)

// Subject is one account to test. The account may hold records already; the suite adds its own.
type Subject struct {
	Driver connector.Driver
	Names  Names
	// Parent makes what a contact has to hang on, and returns it; nil where contacts hang on nothing.
	Parent func(t *testing.T) record.Ref
	// Settle waits until lists and searches show what was written; nil where they do at once.
	Settle func()
	// Grain is how far apart two changes have to be to have two change times.
	Grain func()
}

// Names are the side's own names of the fields that the suite uses.
type Names struct {
	First, Last, Email, Phone, Street, City, Tags string
	Company                                       string // of a contact, free text; "" where it has none
}

// Run runs the suite.
func Run(t *testing.T, s Subject) {
	if s.Settle == nil {
		s.Settle = func() {}
	}
	if s.Grain == nil {
		s.Grain = func() {}
	}
	tests := []struct {
		name string
		run  func(*testing.T, *suite)
	}{
		{"capabilities", capabilities}, {"describe", describe},
		{"create and read", createAndRead}, {"update only what changed", updateOnlyWhatChanged}, {"clear", clearing},
		{"groups are written together", groups}, {"tags", tags}, {"unicode", unicode}, {"limits", limits},
		{"delete is gone", deleteIsGone}, {"never was", neverWas},
		{"walk shows all once", walkShowsAllOnce}, {"pages since", pagesSince},
		{"find", find}, {"duplicates", duplicates}, {"unknown fields", unknownFields}, {"companies", companies}, {"cancelled", cancelled},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) { tt.run(t, &suite{Subject: s, run: time.Now().UnixNano()}) })
	}
}

// suite is a Subject with names of its own, so that runs and tests do not meet.
type suite struct {
	Subject
	run int64
	n   int
}

func (s *suite) contact() record.Ref {
	return record.Ref{Side: s.Driver.Side(), Kind: record.Contact}
}

// person makes the fields of somebody new.
func (s *suite) person(first, last string) map[string]record.Value {
	s.n++
	return map[string]record.Value{
		s.Names.First: record.Text(first), s.Names.Last: record.Text(last),
		s.Names.Email: record.Text(fmt.Sprintf("%d.%d@example.com", s.run, s.n)),
	}
}

// create makes a contact and fails the test if it cannot.
func (s *suite) create(t *testing.T, fields map[string]record.Value) record.Record {
	t.Helper()
	w := connector.Write{Verb: connector.Create, Ref: s.contact(), Fields: fields}
	if s.Parent != nil {
		w.Parent = s.Parent(t)
	}
	r, err := s.Driver.Write(t.Context(), w)
	if err != nil {
		t.Fatalf("create: %v", err)
	}
	if r.Ref.ID == "" || r.Ref.Side != s.Driver.Side() || r.Ref.Kind != record.Contact {
		t.Fatalf("create answered %+v", r.Ref)
	}
	return r
}

func (s *suite) get(t *testing.T, ref record.Ref) record.Record {
	t.Helper()
	r, err := s.Driver.Get(t.Context(), ref)
	if err != nil {
		t.Fatalf("get: %v", err)
	}
	if r.Ref != ref {
		t.Fatalf("get of %s answered %s", ref, r.Ref)
	}
	return r
}

func (s *suite) update(t *testing.T, ref record.Ref, fields map[string]record.Value) record.Record {
	t.Helper()
	r, err := s.Driver.Write(t.Context(), connector.Write{Verb: connector.Update, Ref: ref, Fields: fields})
	if err != nil {
		t.Fatalf("update: %v", err)
	}
	if r.Ref != ref {
		t.Fatalf("update of %s answered %s", ref, r.Ref)
	}
	return r
}

// want compares fields, texts after the forms that every system may give them.
func want(t *testing.T, r record.Record, fields map[string]record.Value) {
	t.Helper()
	for name, v := range fields {
		got := r.Get(name)
		if v.IsSet() {
			if !record.FormTags.Key(got, record.Env{}).Equal(record.FormTags.Key(v, record.Env{})) {
				t.Errorf("%s: %q, want %q", name, got, v)
			}
			continue
		}
		if record.Name(got.Text()) != record.Name(v.Text()) {
			t.Errorf("%s: %q, want %q", name, got, v)
		}
	}
}

// walk reads a list to its end.
func (s *suite) walk(t *testing.T, q connector.Query) (rows []record.Record, complete bool) {
	t.Helper()
	complete = true
	const pagesMax = 1000
	for range pagesMax {
		p, err := s.Driver.Page(t.Context(), q)
		if err != nil {
			t.Fatalf("page: %v", err)
		}
		rows, complete = append(rows, p.Records...), complete && p.Complete
		if p.Next == "" {
			return rows, complete
		}
		q.Cursor = p.Next
	}
	t.Fatalf("the list has no end after %d pages", pagesMax)
	return nil, false
}

func count(rows []record.Record, ref record.Ref) int {
	n := 0
	for _, r := range rows {
		if r.Ref == ref {
			n++
		}
	}
	return n
}

func has(rows []record.Record, ref record.Ref) bool {
	return slices.ContainsFunc(rows, func(r record.Record) bool { return r.Ref == ref })
}

func class(t *testing.T, err error, wanted ...connector.Class) *connector.Error {
	t.Helper()
	e, ok := connector.AsError(err)
	if !ok || !slices.Contains(wanted, e.Class) {
		t.Fatalf("got %v, want class %v", err, wanted)
	}
	if e.Op == "" {
		t.Errorf("the error names no operation: %v", err)
	}
	return e
}

func cancelled(t *testing.T, s *suite) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := s.Driver.Get(ctx, record.Ref{Side: s.Driver.Side(), Kind: record.Contact, ID: "1"}); err == nil {
		t.Error("a cancelled call answered")
	} else {
		class(t, err, connector.Transient, connector.Throttled)
	}
}
