package commonsku_test

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"tandem/internal/connector/commonsku"
	"tandem/internal/operation"
	"tandem/internal/record"
)

func load(t *testing.T, name string) *commonsku.Profile {
	t.Helper()
	p, err := commonsku.LoadProfile(name)
	if err != nil {
		t.Fatalf("profile %s:\n%v", name, err)
	}
	return p
}

// The default profile and the generated table of operations are two tellings of one contract.
func TestDefaultProfileHasTheOperationsOfTheContract(t *testing.T) {
	p := load(t, "default")
	covered := map[string]bool{}
	for _, k := range p.Kinds {
		for _, verb := range []string{"list", "get", "create", "update", "delete"} {
			op, ok := k.Offers(verb)
			if !ok {
				continue
			}
			want, ok := operation.Get(op.ID)
			if !ok {
				t.Errorf("%s is not in the contract", op.ID)
				continue
			}
			covered[op.ID] = true
			if op.Method != want.Method || op.Path != want.Path || op.Repeatable != want.Repeatable || op.Kind != want.Kind || op.Bucket != want.Bucket {
				t.Errorf("%s: %s %s (repeatable %v, %s), the contract has %s %s (repeatable %v, %s)",
					op.ID, op.Method, op.Path, op.Repeatable, op.Kind, want.Method, want.Path, want.Repeatable, want.Kind)
			}
		}
	}
	for _, op := range operation.All() {
		if op.System == record.Commonsku && !covered[op.ID] {
			t.Errorf("the default profile does not use %s", op.ID)
		}
	}
}

func TestResolveTakesCanonicalAndWireNames(t *testing.T) {
	p := load(t, "default")
	for _, c := range []struct {
		kind record.Kind
		name string
		want string
	}{
		{record.Contact, "first_name", "first_name"},
		{record.Contact, "contact_first_name", "first_name"},
		{record.Contact, "address.line_1", "street"},
		{record.Contact, "department_name", "department"},
		{record.Contact, "tags", "tags"},
		{record.Company, "client_name", "name"},
		{record.Company, "client_rep_id", "rep_id"},
		{record.Contact, "line_1", ""},
		{record.Contact, "client_rep_id", ""},
		{record.Kind("project"), "name", ""},
	} {
		got, ok := p.Resolve(c.kind, c.name)
		if got != c.want || ok != (c.want != "") {
			t.Errorf("%s.%s resolves to %q (%v), want %q", c.kind, c.name, got, ok, c.want)
		}
	}
}

func TestCSVProfileNamesTheTemplateAndPlacesTagsAtTheClient(t *testing.T) {
	p := load(t, "csv")
	if len(p.Template) != 23 || p.Template[0] != "Client Name" || p.Template[22] != "Client Tags" {
		t.Errorf("template %q", p.Template)
	}
	for _, k := range p.Kinds {
		for _, f := range k.Fields {
			if !slices.Contains(p.Template, f.Path[0]) {
				t.Errorf("%s.%s is in no column of the template: %q", k.Kind, f.Name, f.Path)
			}
		}
	}
	if got := p.Owner(record.Contact, "tags"); got != record.Company {
		t.Errorf("tags belong to a %s", got)
	}
	if got := p.Owner(record.Contact, "street"); got != record.Contact {
		t.Errorf("the street belongs to a %s", got)
	}
}

// The map is bound to the profile before any account is asked.
func TestAKindThatCannotBeWrittenHasNoWritableField(t *testing.T) {
	for profile, want := range map[string]bool{"default": true, "readonly": false, "csv": false} {
		f, ok := load(t, profile).Kinds[record.Company].Field("name")
		if !ok || f.Writable != want {
			t.Errorf("%s: the client's name is writable: %v", profile, f.Writable)
		}
	}
}

func TestABuiltInProfileCanBeCopied(t *testing.T) {
	for _, name := range commonsku.Builtin() {
		text, err := commonsku.Source(name)
		if err != nil {
			t.Fatal(err)
		}
		file := filepath.Join(t.TempDir(), "mine.yaml")
		if err := os.WriteFile(file, text, 0o600); err != nil {
			t.Fatal(err)
		}
		if p := load(t, file); p.Name != name {
			t.Errorf("the copy of %s is called %s", name, p.Name)
		}
	}
	if _, err := commonsku.LoadProfile(filepath.Join(t.TempDir(), "none.yaml")); err == nil || !strings.Contains(err.Error(), "default, readonly, csv") {
		t.Errorf("a missing file: %v", err)
	}
}

func TestMistakesAreToldAllAtOnceWithLineAndMend(t *testing.T) {
	const profile = `name: mine
auth: {haeder: X-API-KEY}
time: {format: nonsense, zone: America/Chicagoo, precision: fast}
paging: {style: cursor, size: 0}
errors: {bad_key: ["Forbidden"]}
kinds:
  company:
    list: GET clients
    get: GET /clients
    create: DELETE /clients
    id: client_id
    existing: return
    fields:
      nmae: client_name
      website: {path: website, clear: never, max: -1}
      phone: website
  person:
    list: GET /people
  note:
    list: GET /notes
    id: note_id
    parent: {id: parent_id}
    fields:
      text: {type: text}
`
	_, err := commonsku.ParseProfile("mine.yaml", []byte(profile))
	var all commonsku.Mistakes
	if !errors.As(err, &all) {
		t.Fatalf("want mistakes, got %v", err)
	}
	for _, want := range []string{
		"mine.yaml:2: auth.haeder: unknown key; did you mean header?",
		"mine.yaml:2: auth.header: is missing", // reported at the section's place
		`mine.yaml:3: time.format: "nonsense" shows no date`,
		`mine.yaml:3: time.zone: the zone "America/Chicagoo" is not known`,
		`mine.yaml:3: time.precision: "fast" is no length of time`,
		"mine.yaml:4: paging.size:",
		"mine.yaml:4: paging: style cursor needs param",
		"mine.yaml:4: paging: style cursor needs next",
		`mine.yaml:5: errors.bad_key[0]: "Forbidden" does not begin with a status`,
		`mine.yaml:8: kinds.company.list: "clients" is no path`,
		"mine.yaml:9: kinds.company.get: the path names no record",
		`mine.yaml:10: kinds.company.create: "DELETE /clients" does not begin with POST or PUT`,
		`mine.yaml:12: kinds.company.existing: "return" is not known; did you mean returned?`,
		"mine.yaml:14: kinds.company.fields.nmae: no field of a company is called so; did you mean name?",
		`mine.yaml:15: kinds.company.fields.website.clear: "never" is not known`,
		"mine.yaml:15: kinds.company.fields.website.max:",
		"mine.yaml:16: kinds.company.fields.phone: has the path of website",
		"mine.yaml:17: kinds.person: there is no such kind",
		"mine.yaml:22: kinds.note.parent: must have either kind, or type with types",
		"mine.yaml:24: kinds.note.fields.text: path is missing",
	} {
		if !slices.ContainsFunc(all, func(m commonsku.Mistake) bool { return strings.HasPrefix(m.Error(), want) }) {
			t.Errorf("not told: %s", want)
		}
	}
	if t.Failed() {
		t.Logf("told:\n%v", err)
	}
}

func TestWhatIsNoProfile(t *testing.T) {
	for name, text := range map[string]string{
		"empty":         " \n",
		"not yaml":      "name: [unclosed",
		"a list":        "- a\n- b\n",
		"no kinds":      "name: x\n",
		"twice":         "name: x\nname: y\nkinds: {contact: {fields: {}}}\n",
		"merged":        "name: x\nauth: {<<: {header: K}}\nkinds: {contact: {fields: {}}}\n",
		"alias":         "name: x\nabout: &a text\nauth: *a\nkinds: {contact: {fields: {}}}\n",
		"too large":     "name: x\nabout: " + strings.Repeat("x", 300<<10),
		"two documents": "name: x\n---\nname: y\n",
	} {
		if p, err := commonsku.ParseProfile("x.yaml", []byte(text)); err == nil {
			t.Errorf("%s: accepted as %+v", name, p)
		} else if !strings.HasPrefix(err.Error(), "x.yaml") {
			t.Errorf("%s: the mistake does not name the file: %v", name, err)
		}
	}
}

func FuzzParseProfile(f *testing.F) {
	for _, name := range commonsku.Builtin() {
		text, err := commonsku.Source(name)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(text)
	}
	f.Add([]byte("name: x\nkinds: {company: {list: 'GET /c?a=%zz', id: a.b, fields: {name: {path: a..b}}}}"))
	f.Fuzz(func(t *testing.T, text []byte) {
		p, err := commonsku.ParseProfile("f.yaml", text)
		if err != nil {
			var all commonsku.Mistakes
			if !errors.As(err, &all) || len(all) == 0 {
				t.Fatalf("refused without a mistake: %v", err)
			}
			return
		}
		if p.Name == "" || len(p.Kinds) == 0 {
			t.Fatalf("accepted without name or kinds: %+v", p)
		}
		for kind, k := range p.Kinds {
			for _, field := range k.Fields {
				if got, ok := p.Resolve(kind, field.Name); !ok || got != field.Name {
					t.Fatalf("%s.%s resolves to %q", kind, field.Name, got)
				}
			}
		}
	})
}
