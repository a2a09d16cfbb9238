package connectortest

import (
	"fmt"
	"testing"
	"time"

	"tandem/internal/connector"
	"tandem/internal/record"
)

func neverWas(t *testing.T, s *suite) {
	for _, id := range []string{"no-such-record", "with space", "50%25?more=1&x#y", "ünïcode"} {
		_, err := s.Driver.Get(t.Context(), record.Ref{Side: s.Driver.Side(), Kind: record.Contact, ID: id})
		class(t, err, connector.Gone)
	}
}

func walkShowsAllOnce(t *testing.T, s *suite) {
	var made []record.Ref
	for i := range 12 {
		made = append(made, s.create(t, s.person("Walk", fmt.Sprint(i))).Ref)
	}
	s.Settle()
	rows, complete := s.walk(t, connector.Query{Kind: record.Contact, Limit: 5})
	if !complete {
		t.Error("the walk says that rows may be missing")
	}
	seen := map[record.Ref]int{}
	for _, r := range rows {
		seen[r.Ref]++
		if seen[r.Ref] > 1 {
			t.Errorf("%s came %d times", r.Ref, seen[r.Ref])
		}
	}
	for _, ref := range made {
		if seen[ref] != 1 {
			t.Errorf("%s came %d times", ref, seen[ref])
		}
	}
	whole, _ := s.walk(t, connector.Query{Kind: record.Contact})
	if len(whole) != len(rows) {
		t.Errorf("pages of 5 show %d rows, the largest pages %d", len(rows), len(whole))
	}
}

func pagesSince(t *testing.T, s *suite) {
	old := s.create(t, s.person("Ann", "Old"))
	edited := s.create(t, s.person("Ann", "Edited"))
	deleted := s.create(t, s.person("Ann", "Deleted"))
	s.Grain()
	since := s.get(t, edited.Ref).Changed.Add(time.Millisecond)
	if !s.Driver.Can().ChangedSince {
		since = time.Time{} // then all rows come, and are compared
	}
	s.update(t, edited.Ref, map[string]record.Value{s.Names.Last: record.Text("Now")})
	fresh := s.create(t, s.person("Ann", "New"))
	if _, err := s.Driver.Write(t.Context(), connector.Write{Verb: connector.Delete, Ref: deleted.Ref}); err != nil {
		t.Fatal(err)
	}
	s.Settle()
	rows, complete := s.walk(t, connector.Query{Kind: record.Contact, Since: since})
	if !complete || count(rows, edited.Ref) != 1 || count(rows, fresh.Ref) != 1 {
		t.Errorf("edited %d times, new %d times, complete %v", count(rows, edited.Ref), count(rows, fresh.Ref), complete)
	}
	grain := s.Driver.Can().PrecisionOfChanged
	for _, r := range rows {
		if !since.IsZero() && r.Changed.Before(since.Truncate(grain)) {
			t.Errorf("%s changed %s, before %s", r.Ref, r.Changed, since)
		}
		if r.Ref == deleted.Ref && r.Deleted.IsZero() {
			t.Error("a deleted row has no mark")
		}
		if r.Ref == edited.Ref && r.Text(s.Names.Last) != "Now" {
			t.Errorf("the row shows %q", r.Text(s.Names.Last))
		}
	}
	if !since.IsZero() && has(rows, old.Ref) && s.get(t, old.Ref).Changed.Before(since.Truncate(grain)) {
		t.Error("a row that did not change is among the changes")
	}
	// An inclusive bound: a change in the very second of the watermark is shown again rather than lost.
	again, _ := s.walk(t, connector.Query{Kind: record.Contact, Since: s.get(t, fresh.Ref).Changed})
	if !has(again, fresh.Ref) {
		t.Error("a change at the bound itself is not shown")
	}
}

func find(t *testing.T, s *suite) {
	fields := s.person("Ann", "Findme")
	r := s.create(t, fields)
	s.Settle()
	email := fields[s.Names.Email].Text()
	for _, spelling := range []string{email, "  " + email, upper(email)} {
		rows, err := s.Driver.Find(t.Context(), connector.Lookup{Kind: record.Contact, Email: record.Email(spelling)})
		if err != nil || !has(rows, r.Ref) || len(rows) != 1 {
			t.Errorf("by %q: %d rows, %v", spelling, len(rows), err)
		}
	}
	for _, missing := range []string{"nobody@example.com", email + ".org", "x" + email} {
		rows, err := s.Driver.Find(t.Context(), connector.Lookup{Kind: record.Contact, Email: missing})
		if err != nil || len(rows) != 0 {
			t.Errorf("by %q: %d rows, %v", missing, len(rows), err)
		}
	}
}

func upper(s string) string {
	b := []byte(s)
	for i, c := range b {
		if c >= 'a' && c <= 'z' {
			b[i] = c - 'a' + 'A'
		}
	}
	return string(b)
}

// duplicates: what the account does with a second contact of one e-mail is what Describe says.
func duplicates(t *testing.T, s *suite) {
	a, err := s.Driver.Describe(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	fields := s.person("Ann", "Twin")
	first := s.create(t, fields)
	w := connector.Write{Verb: connector.Create, Ref: s.contact(), Fields: fields}
	if s.Parent != nil {
		w.Parent = s.Parent(t)
	}
	second, err := s.Driver.Write(t.Context(), w)
	if a.DuplicatesAllowed {
		if err != nil || second.Ref == first.Ref {
			t.Errorf("a second contact: %s, %v", second.Ref, err)
		}
		return
	}
	if e := class(t, err, connector.Duplicate); e.InWay != first.Ref {
		t.Errorf("in the way is %s, not %s", e.InWay, first.Ref)
	}
}

func companies(t *testing.T, s *suite) {
	can := s.Driver.Can()
	if can.Kinds[record.Company].Ability != connector.Writable {
		if can.Kinds[record.Company].Reason == "" {
			t.Error("companies cannot be written, and nothing says why")
		}
		return
	}
	name := fmt.Sprintf("Grüße & Söhne %d", s.run)
	w := connector.Write{Verb: connector.Create, Ref: record.Ref{Side: s.Driver.Side(), Kind: record.Company}, Fields: map[string]record.Value{"name": record.Text(name)}}
	c, err := s.Driver.Write(t.Context(), w)
	if connector.ClassOf(err) == connector.Absent {
		return // the driver could, this account cannot, and the class says so
	}
	if err != nil || c.Ref.ID == "" {
		t.Fatalf("create: %+v, %v", c, err)
	}
	if got, err := s.Driver.Get(t.Context(), c.Ref); err != nil || got.Text("name") != name {
		t.Errorf("read back %q, %v", got.Text("name"), err)
	}
	if can.CreateReturnsExisting {
		if again, err := s.Driver.Write(t.Context(), w); err != nil || again.Ref != c.Ref {
			t.Errorf("a second create answered %s, %v, not the existing %s", again.Ref, err, c.Ref)
		}
		if rows, err := s.Driver.Find(t.Context(), connector.Lookup{Kind: record.Company, Name: name}); err != nil || !has(rows, c.Ref) {
			t.Errorf("not found by name: %d rows, %v", len(rows), err)
		}
	}
	if _, err := s.Driver.Write(t.Context(), connector.Write{Verb: connector.Update, Ref: c.Ref, Fields: map[string]record.Value{"website": record.Text("https://example.com")}}); err != nil {
		t.Errorf("update: %v", err)
	}
	if got, err := s.Driver.Get(t.Context(), c.Ref); err != nil || got.Text("website") != "https://example.com" || got.Text("name") != name {
		t.Errorf("after the update: %v, %v", got.Fields, err)
	}
}
