package mapping

import (
	"flag"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"tandem/internal/merge"
	"tandem/internal/record"
)

var update = flag.Bool("update", false, "rewrite docs/reference/fields.md")

const fieldsPath = "../../docs/reference/fields.md"

// build makes a contact table, and fails the test where it cannot.
func build(t testing.TB, overrides ...Override) Table {
	t.Helper()
	table, err := Build(record.Contact, overrides, Policy{})
	if err != nil {
		t.Fatal(err)
	}
	return table
}

func TestBuiltinRowsKeepTheirNames(t *testing.T) {
	table := build(t)
	var on, off []string
	for _, r := range table.Rows {
		on = append(on, r.Name)
	}
	for _, r := range table.Off {
		off = append(off, r.Name)
	}
	// Base and history of every installation are kept under these names.
	want := "first_name last_name email phone company street city state postal_code country website tags rep"
	if got := strings.Join(on, " "); got != want {
		t.Errorf("in use: %s\nwant    %s", got, want)
	}
	if got := strings.Join(off, " "); got != "type" {
		t.Errorf("off: %s, want type", got)
	}
}

func TestFieldsDocumentationIsTheMap(t *testing.T) {
	got := `# The contact map

Which field of a GHL contact is which field of a commonsku contact or of its client. Generated from the built-in map by
` + "`go test ./internal/mapping -run Documentation -update`" + `, and compared with it by the same test. A pair's own map, with its
configuration laid over, is printed by ` + "`tandem plan --mapping`" + `.

` + build(t).Markdown()
	if *update {
		if err := os.MkdirAll(filepath.Dir(fieldsPath), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(fieldsPath, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(fieldsPath)
	if err != nil {
		t.Fatal(err)
	}
	if got != string(want) {
		t.Errorf("%s is not the map; look at the difference after: go test ./internal/mapping -run Documentation -update", fieldsPath)
	}
}

func TestPrintShowsWhatAPersonConfigured(t *testing.T) {
	table := build(t,
		Override{Name: "birthday_tag", GHL: "customFields.birthday_gift", Commonsku: "contact.tags", Direction: "ghl_to_commonsku", Transform: "value ? ['birthday'] : []"},
		Override{Name: "website", Off: true},
		Override{Name: "city", OnConflict: "manual"})
	got := table.Print()
	for _, want := range []string{
		"NAME          GHL                         ",
		"birthday_tag  customFields.birthday_gift  -->  contact.tags         tags     both kept          transform: value ? ['birthday'] : []",
		"website       website                     off  client.website",
		"city          city                        <->  contact.city         text     manual",
		"phone         phone                       <->  contact.phone        phone    newest (tie: ghl)  bound to the commonsku phone or cell",
	} {
		if !strings.Contains(got, want) {
			t.Errorf("missing %q in\n%s", want, got)
		}
	}
}

func TestAllMistakesAreToldAtOnceWithTheirMend(t *testing.T) {
	_, err := Build(record.Contact, []Override{
		{Name: "a", GHL: "firstNam", Commonsku: "contact.nick", Line: 3},
		{Name: "b", GHL: "source", Commonsku: "contat.source", Line: 4},
		{Name: "c", GHL: "source", Line: 5},
		{Name: "d", GHL: "keyword", Commonsku: "contact.keyword", Transform: "value", Line: 6},
		{Name: "e", GHL: "timezone", Commonsku: "contact.tz", Direction: "ghl_to_comonsku", OnConflict: "latest", Tie: "us", Drift: "keep", Form: "fone", Line: 7},
		{Name: "websit", Off: true, Line: 8},
		{Name: "f", GHL: "customFields.", Commonsku: "contact.f", Line: 9},
		{Name: "city2", GHL: "timezone", Commonsku: "contact.city", Line: 10},
		{Name: "tags2", GHL: "customFields.groups", Commonsku: "contact.tags", Line: 11},
		{Name: "city2", Line: 12},
		{Name: "", Line: 13},
		{Name: "state", Was: "state", Line: 14},
	}, Policy{})
	if err == nil {
		t.Fatal("accepted")
	}
	for _, want := range []string{
		`"a": GHL has no contact field "firstNam"; did you mean "firstName"?`,
		`"b": "contat.source": commonsku fields belong to a contact or a client, not to "contat"; did you mean "contact"?`,
		`"c": says no commonsku: field`,
		`"d": a transform cannot be run backwards`,
		`"e": direction: "ghl_to_comonsku" is none of both, ghl_to_commonsku, commonsku_to_ghl; did you mean "ghl_to_commonsku"?`,
		`"e": on_conflict: "latest"`, `"e": tie: "us"`, `"e": drift: "keep"`, `"e": form: "fone" is none of`, `did you mean "phone"?`,
		`"websit": there is no built-in row of that name to switch off; did you mean "website"?`,
		`"f": "customFields.": a custom field is written customFields.KEY`,
		`"city2": row "city" writes to the same field of commonsku: switch it off with {name: city, commonsku: ~}`,
		`"tags2": row "tags" feeds the same set both ways`,
		`"city2": the name is used twice`,
		`"": a row needs a name`,
		`"state": was: names the row itself`,
	} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("not told: %s\nin\n%s", want, err)
		}
	}
	for _, m := range err.(Mistakes) {
		if m.Line == 0 {
			t.Errorf("no line for %v", m)
		}
	}
}

func TestABadTransformNamesItsRow(t *testing.T) {
	_, err := Build(record.Contact, []Override{{Name: "x", GHL: "source", Commonsku: "contact.x", Direction: "ghl_to_commonsku", Transform: "("}}, Policy{})
	if err == nil || !strings.Contains(err.Error(), `mapping row "x": transform: `) {
		t.Fatalf("got %v", err)
	}
}

func TestRowsFollowTheirKindUnlessTheySayOtherwise(t *testing.T) {
	table, err := Build(record.Contact, []Override{{Name: "city", OnConflict: "manual", Tie: "ghl", Drift: "overwrite"}},
		Policy{Direction: merge.CommonskuToGHL, OnConflict: merge.GHLWins, Tie: record.Commonsku})
	if err != nil {
		t.Fatal(err)
	}
	city, _ := table.Row("city")
	if city.Rule.OnConflict != merge.Manual || city.Rule.Tie != record.GHL || city.Rule.Drift != merge.Overwrite {
		t.Errorf("city: %+v", city.Rule)
	}
	state, _ := table.Row("state")
	if state.Rule.OnConflict != merge.GHLWins || state.Rule.Tie != record.Commonsku || state.Rule.Drift != merge.Report {
		t.Errorf("state: %+v", state.Rule)
	}
	for _, r := range table.Rows {
		if r.Rule.Direction != merge.CommonskuToGHL {
			t.Errorf("%s flows %s although the kind only flows to GHL", r.Name, r.Rule.Direction)
		}
	}
	if _, on := table.Row("rep"); on {
		t.Error("rep flows to commonsku only, so it must be off in a kind that flows to GHL only")
	}
}

func TestTypeIsOffUnlessMapped(t *testing.T) {
	table := build(t, Override{Name: "type", Commonsku: "client.status"})
	r, on := table.Row("type")
	if !on || r.Special != Status || r.Rule.Direction != merge.GHLToCommonsku {
		t.Errorf("mapped type: %+v, on %v", r, on)
	}
}

func TestAnotherPathMakesASpecialRowOrdinary(t *testing.T) {
	table := build(t, Override{Name: "company", Commonsku: "contact.position"})
	if r, _ := table.Row("company"); r.Special != Ordinary {
		t.Errorf("company on contact.position is still read as a client: %+v", r)
	}
}

func TestBindFitsTheAccounts(t *testing.T) {
	table := build(t,
		Override{Name: "birthday", GHL: "customFields.birth_day", Commonsku: "contact.birthday"},
		Override{Name: "likes", GHL: "customFields.likes", Commonsku: "contact.likez"},
		Override{Name: "hat", GHL: "customFields.hatt", Commonsku: "contact.hat"},
		Override{Name: "first_name", Commonsku: "contact.contact_first_name"})
	ghl := map[string]Known{"customFields.birth_day": {Writable: true, Type: "date"}, "customFields.likes": {Writable: true, Type: "set"}, "customFields.hat": {Writable: true}}
	contact := map[string]Known{"birthday": {Writable: true, Type: "text"}, "likes": {Writable: true}, "hat": {Writable: true}}
	client := map[string]Known{}
	for _, r := range table.Rows {
		if !strings.HasPrefix(r.GHL, customPrefix) {
			ghl[r.GHL] = Known{Writable: true}
		}
		if r.Commonsku.Owner == record.Contact {
			if contact[r.Commonsku.Field] == (Known{}) && r.Name != "likes" && r.Name != "first_name" {
				contact[r.Commonsku.Field] = Known{Writable: true}
			}
		} else {
			client[r.Commonsku.Field] = Known{Writable: true}
		}
	}
	contact["first_name"] = Known{Writable: true, MaxLength: 100}
	contact["city"] = Known{Writable: false}
	bound, mistakes := table.Bind(Account{
		GHL: ghl, Commonsku: map[record.Kind]map[string]Known{record.Contact: contact, record.Company: client},
		Resolve: func(_ record.Kind, name string) (string, bool) {
			if name == "contact_first_name" {
				return "first_name", true
			}
			return name, contact[name] != (Known{}) || client[name] != (Known{})
		},
	})
	told := mistakes.Error()
	for _, want := range []string{
		`"likes": this commonsku account has no field "contact.likez"; did you mean "contact.likes"?`,
		`"hat": this GHL account has no field "customFields.hatt"; did you mean "customFields.hat"?`,
	} {
		if !strings.Contains(told, want) {
			t.Errorf("not told: %s in\n%s", want, told)
		}
	}
	if len(mistakes) != 2 {
		t.Errorf("want two mistakes, got %d:\n%s", len(mistakes), told)
	}
	if r, _ := bound.Row("first_name"); r.Commonsku.Field != "first_name" || r.Max != 100 {
		t.Errorf("first_name: %+v", r)
	}
	if r, _ := bound.Row("birthday"); r.Form != "date" {
		t.Errorf("birthday takes its form from the account: %+v", r)
	}
	if r, _ := bound.Row("city"); !r.CommonskuReadOnly || r.GHLReadOnly {
		t.Errorf("city: %+v", r)
	}
	if _, on := bound.Row("hat"); on || !slices.ContainsFunc(bound.Off, func(r Row) bool { return r.Name == "hat" }) {
		t.Error("a row whose field is gone must be off, and known by name")
	}
}

func TestRenamesKeepBases(t *testing.T) {
	old := build(t, Override{Name: "shirt", GHL: "customFields.shirt", Commonsku: "contact.shirt"}, Override{Name: "hat", GHL: "customFields.hat", Commonsku: "contact.hat"},
		Override{Name: "shoe", GHL: "customFields.shoe", Commonsku: "contact.shoe"})
	now := build(t,
		Override{Name: "shirt_size", GHL: "customFields.shirt", Commonsku: "contact.shirt"},                 // same two paths
		Override{Name: "hat_size", GHL: "customFields.hat_size", Commonsku: "contact.hat_size", Was: "hat"}) // said so
	bases := map[string]merge.Base{"shirt": {Key: record.Text("M")}, "hat": {Key: record.Text("7")}, "shoe": {Key: record.Text("42")}, "city": {Key: record.Text("Rome")}}
	got := now.Migrate(bases, old.Signature())
	for name, want := range map[string]string{"shirt_size": "M", "hat_size": "7", "shoe": "42", "city": "Rome"} {
		if got[name].Key.Text() != want {
			t.Errorf("%s: base %q, want %q", name, got[name].Key.Text(), want)
		}
	}
	if _, left := got["shirt"]; left {
		t.Error("the old name still has a base")
	}
	if got := now.Vanished(old.Signature()); !slices.Equal(got, []string{"shoe"}) {
		t.Errorf("vanished: %v, want shoe", got)
	}
	if got := build(t, Override{Name: "website", Off: true}).Vanished(build(t).Signature()); len(got) > 0 {
		t.Errorf("a row that is switched off is not gone: %v", got)
	}
	if old.Hash() == now.Hash() || old.Hash() != build(t, Override{Name: "hat", GHL: "customFields.hat", Commonsku: "contact.hat"}, Override{Name: "shoe", GHL: "customFields.shoe", Commonsku: "contact.shoe"}, Override{Name: "shirt", GHL: "customFields.shirt", Commonsku: "contact.shirt"}).Hash() {
		t.Error("the hash is of names and paths, not of their order")
	}
}

func FuzzParsePath(f *testing.F) {
	for _, s := range []string{"contact.first_name", "client.website", "contact.", "x.y", "", "contact.a.b"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		p, err := ParsePath(s)
		if err != nil {
			return
		}
		if q, err := ParsePath(p.String()); err != nil || q != p {
			t.Fatalf("%q reads as %v, written as %q, read again as %v, %v", s, p, p.String(), q, err)
		}
	})
}
