package connectortest

import (
	"strings"
	"testing"

	"tandem/internal/connector"
	"tandem/internal/record"
)

func capabilities(t *testing.T, s *suite) {
	can := s.Driver.Can()
	k := can.Kinds[record.Contact]
	if k.Ability != connector.Writable {
		t.Fatalf("contacts are %q: %s", k.Ability, k.Reason)
	}
	for _, f := range []string{s.Names.First, s.Names.Last, s.Names.Email, s.Names.Phone, s.Names.Street, s.Names.City} {
		if !k.Fields[f].Writable {
			t.Errorf("%s is not writable", f)
		}
	}
	if k.Fields[s.Names.Tags].Type != "set" {
		t.Errorf("%s is a %q, not a set", s.Names.Tags, k.Fields[s.Names.Tags].Type)
	}
	if can.PrecisionOfChanged <= 0 {
		t.Error("the grain of change times is not told")
	}
	for kind, k := range can.Kinds {
		if k.Ability != connector.Writable && k.Reason == "" {
			t.Errorf("%s is %q without a reason", kind, k.Ability)
		}
	}
}

func describe(t *testing.T, s *suite) {
	a, err := s.Driver.Describe(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for _, u := range a.Users {
		if u.ID == "" || u.Email == "" {
			t.Errorf("a user without id or e-mail: %+v", u)
		}
	}
}

func createAndRead(t *testing.T, s *suite) {
	fields := s.person("Ann", "Lee")
	fields[s.Names.Phone] = record.Text("+13125550100")
	fields[s.Names.Street], fields[s.Names.City] = record.Text("1 Main St"), record.Text("Chicago")
	fields[s.Names.Tags] = record.Set("vip", "customer")
	if s.Names.Company != "" {
		fields[s.Names.Company] = record.Text("Acme")
	}
	made := s.create(t, fields)
	want(t, made, fields)
	read := s.get(t, made.Ref)
	want(t, read, fields)
	if read.Changed.IsZero() || read.Created.IsZero() {
		t.Errorf("stamps: created %s, changed %s", read.Created, read.Changed)
	}
	if !read.Deleted.IsZero() {
		t.Errorf("a new record is deleted since %s", read.Deleted)
	}
}

func updateOnlyWhatChanged(t *testing.T, s *suite) {
	fields := s.person("Ann", "Lee")
	fields[s.Names.Phone], fields[s.Names.City] = record.Text("+13125550101"), record.Text("Chicago")
	r := s.create(t, fields)
	answer := s.update(t, r.Ref, map[string]record.Value{s.Names.Last: record.Text("Lee-Smith")})
	fields[s.Names.Last] = record.Text("Lee-Smith")
	want(t, s.get(t, r.Ref), fields)
	if got := answer.Text(s.Names.Last); got != "Lee-Smith" {
		t.Errorf("the answer shows %q", got)
	}
	for name, v := range answer.Fields {
		if now := s.get(t, r.Ref).Get(name); !v.Equal(now) {
			t.Errorf("the answer of the update says %s is %q, a read says %q", name, v, now)
		}
	}
}

func clearing(t *testing.T, s *suite) {
	fields := s.person("Ann", "Lee")
	fields[s.Names.Phone], fields[s.Names.City] = record.Text("+13125550102"), record.Text("Chicago")
	r := s.create(t, fields)
	answer := s.update(t, r.Ref, map[string]record.Value{s.Names.Phone: {}, s.Names.City: {}})
	for _, f := range []string{s.Names.Phone, s.Names.City} {
		if v, told := answer.Fields[f]; told && !v.IsEmpty() {
			t.Errorf("the answer shows %s as %q after it was cleared", f, v)
		}
		fields[f] = record.Value{}
	}
	want(t, s.get(t, r.Ref), fields)
}

// groups: a part of a group written with the rest of it leaves the rest as it was.
func groups(t *testing.T, s *suite) {
	fields := s.person("Ann", "Lee")
	fields[s.Names.Street], fields[s.Names.City] = record.Text("1 Main St"), record.Text("Chicago")
	r := s.create(t, fields)
	change := map[string]record.Value{s.Names.City: record.Text("Evanston")}
	known := s.Driver.Can().Kinds[record.Contact].Fields
	if g := known[s.Names.City].Group; g != "" {
		current := s.get(t, r.Ref)
		for name, f := range known {
			if _, written := change[name]; f.Group == g && f.Writable && !written && !current.Get(name).IsEmpty() {
				change[name] = current.Get(name)
			}
		}
	}
	s.update(t, r.Ref, change)
	fields[s.Names.City] = record.Text("Evanston")
	want(t, s.get(t, r.Ref), fields)
}

func tags(t *testing.T, s *suite) {
	fields := s.person("Ann", "Lee")
	fields[s.Names.Tags] = record.Set("one", "two")
	r := s.create(t, fields)
	change := func(add, drop, whole record.Value) {
		t.Helper()
		if !s.Driver.Can().TagVerbs {
			s.update(t, r.Ref, map[string]record.Value{s.Names.Tags: whole})
			return
		}
		for verb, v := range map[connector.Verb]record.Value{connector.AddTags: add, connector.RemoveTags: drop} {
			if v.IsEmpty() {
				continue
			}
			if _, err := s.Driver.Write(t.Context(), connector.Write{Verb: verb, Ref: r.Ref, Fields: map[string]record.Value{"tags": v}}); err != nil {
				t.Fatalf("%s: %v", verb, err)
			}
		}
	}
	change(record.Set("three"), record.Set("one"), record.Set("two", "three"))
	want(t, s.get(t, r.Ref), map[string]record.Value{s.Names.Tags: record.Set("two", "three")})
	change(record.Value{}, record.Set("two", "three"), record.Value{})
	if got := s.get(t, r.Ref).Get(s.Names.Tags); !got.IsEmpty() {
		t.Errorf("tags are %q after all were removed", got)
	}
}

func unicode(t *testing.T, s *suite) {
	for _, name := range []string{"José", "Jose\u0301", "Зоя", "李小龍", "مريم", "O’Brien", "Smith & Sons <b>", `"quoted" \ back`, "👩‍👩‍👧", "ß", "A/B Co."} {
		fields := s.person("X", name)
		r := s.create(t, fields)
		if got := s.get(t, r.Ref).Text(s.Names.Last); record.Name(got) != record.Name(name) {
			t.Errorf("%q was stored as %q", name, got)
		}
	}
}

func limits(t *testing.T, s *suite) {
	most := s.Driver.Can().Kinds[record.Contact].Fields[s.Names.Last].MaxLength
	if most == 0 {
		most = 50 // none is known: at least a long name goes through
	}
	fields := s.person("X", strings.Repeat("é", most))
	r := s.create(t, fields)
	want(t, s.get(t, r.Ref), fields)
}

func deleteIsGone(t *testing.T, s *suite) {
	r := s.create(t, s.person("Ann", "Gone"))
	if _, err := s.Driver.Write(t.Context(), connector.Write{Verb: connector.Delete, Ref: r.Ref}); err != nil {
		t.Fatalf("delete: %v", err)
	}
	if now, err := s.Driver.Get(t.Context(), r.Ref); err != nil {
		class(t, err, connector.Gone)
	} else if now.Deleted.IsZero() {
		t.Error("a deleted record is read as a living one")
	}
	if _, err := s.Driver.Write(t.Context(), connector.Write{Verb: connector.Update, Ref: r.Ref, Fields: map[string]record.Value{s.Names.Last: record.Text("Back")}}); err != nil {
		class(t, err, connector.Gone, connector.Invalid)
	}
	if _, err := s.Driver.Write(t.Context(), connector.Write{Verb: connector.Delete, Ref: r.Ref}); err != nil {
		class(t, err, connector.Gone)
	}
}

func unknownFields(t *testing.T, s *suite) {
	r := s.create(t, s.person("Ann", "Lee"))
	_, err := s.Driver.Write(t.Context(), connector.Write{Verb: connector.Update, Ref: r.Ref, Fields: map[string]record.Value{"no_such_field": record.Text("x"), s.Names.Last: record.Text("Changed")}})
	if e := class(t, err, connector.Invalid); e.Field != "no_such_field" {
		t.Errorf("the error names the field %q", e.Field)
	}
	if got := s.get(t, r.Ref).Text(s.Names.Last); got != "Lee" {
		t.Errorf("a refused write changed the name to %q", got)
	}
}
