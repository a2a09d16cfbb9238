package mapping

import (
	"embed"
	"fmt"
	"slices"
	"strings"

	"go.yaml.in/yaml/v4"

	"tandem/internal/expr"
	"tandem/internal/merge"
	"tandem/internal/record"
)

// Override is one mapping row of a pair's configuration. An empty text keeps what the built-in row of that name says.
type Override struct {
	Name       string
	GHL        string
	Commonsku  string
	Off        bool // `ghl: ~` or `commonsku: ~`: the row is switched off
	Direction  string
	Transform  string
	OnConflict string
	Tie        string
	Drift      string
	Form       string
	Was        string
	Line       int // in the configuration file; 0: unknown
}

// Policy is what a kind's rows do unless a row says otherwise. Empty: both, newest, ghl, report.
type Policy struct {
	Direction  merge.Direction
	OnConflict merge.Policy
	Tie        record.Side
	Drift      merge.Drift
}

// Mistake is one thing wrong with a mapping row, for the person who wrote it.
type Mistake struct {
	Row  string
	Line int // 0: unknown
	What string
}

func (m Mistake) Error() string { return fmt.Sprintf("mapping row %q: %s", m.Row, m.What) }

// Mistakes are all that is wrong with a map, told at once.
type Mistakes []Mistake

func (m Mistakes) Error() string {
	lines := make([]string, len(m))
	for i, e := range m {
		lines[i] = e.Error()
	}
	return strings.Join(lines, "\n")
}

//go:embed builtin/*.yaml
var builtinFiles embed.FS

// builtinRow is a row as the built-in files have it.
type builtinRow struct {
	Name          string `yaml:"name"`
	GHL           string `yaml:"ghl"`
	Commonsku     string `yaml:"commonsku"`
	Form          string `yaml:"form"`
	Direction     string `yaml:"direction"`
	Special       string `yaml:"special"`
	OnlyIntoEmpty bool   `yaml:"only_into_empty"`
	Off           bool   `yaml:"off"`
}

// Build lays the rows of a configuration over the built-in map of a kind. Its error is Mistakes, all of them.
func Build(kind record.Kind, overrides []Override, policy Policy) (Table, error) {
	var mistakes Mistakes
	drafts, err := builtin(kind)
	if err != nil {
		return Table{}, err
	}
	seen := map[string]bool{}
	for _, o := range overrides {
		wrong := func(format string, args ...any) {
			mistakes = append(mistakes, Mistake{o.Name, o.Line, fmt.Sprintf(format, args...)})
		}
		switch {
		case !isName(o.Name):
			wrong("a row needs a name of letters, digits, - and _: base and history are kept under it")
			continue
		case seen[o.Name]:
			wrong("the name is used twice")
			continue
		}
		seen[o.Name] = true
		i := slices.IndexFunc(drafts, func(d draft) bool { return d.row.Name == o.Name })
		if i < 0 {
			if o.Off {
				names := make([]string, len(drafts))
				for i, d := range drafts {
					names[i] = d.row.Name
				}
				wrong("there is no built-in row of that name to switch off%s", didYouMean(o.Name, names))
				continue
			}
			drafts, i = append(drafts, draft{row: Row{Name: o.Name}}), len(drafts)
		}
		drafts[i].apply(o, wrong)
	}
	t := Table{Kind: kind}
	for _, d := range drafts {
		wrong := func(format string, args ...any) {
			mistakes = append(mistakes, Mistake{d.row.Name, d.line, fmt.Sprintf(format, args...)})
		}
		row, use := d.finish(policy, wrong)
		if use {
			t.Rows = append(t.Rows, row)
		} else {
			t.Off = append(t.Off, row)
		}
	}
	mistakes = append(mistakes, t.checkShared(drafts)...)
	if len(mistakes) > 0 {
		return Table{}, mistakes
	}
	t.sets = t.groups()
	return t, nil
}

// draft is a row while its parts come together.
type draft struct {
	row     Row
	off     bool
	builtin bool
	line    int
	broken  bool
}

// builtin reads the built-in rows of a kind; none for a kind that has no file.
func builtin(kind record.Kind) ([]draft, error) {
	b, err := builtinFiles.ReadFile("builtin/" + string(kind) + ".yaml")
	if err != nil {
		return nil, nil //nolint:nilerr // a kind without a file has no built-in rows
	}
	var rows []builtinRow
	if err := yaml.Unmarshal(b, &rows); err != nil {
		return nil, fmt.Errorf("built-in map of %s: %w", kind, err)
	}
	out := make([]draft, len(rows))
	for i, r := range rows {
		path, err := ParsePath(r.Commonsku)
		if err != nil {
			return nil, fmt.Errorf("built-in map of %s, row %s: %w", kind, r.Name, err)
		}
		out[i] = draft{off: r.Off, builtin: true, row: Row{
			Name: r.Name, GHL: r.GHL, Commonsku: path, Form: record.Form(r.Form), Special: Special(r.Special), formGiven: true,
			Rule: merge.Rule{Direction: merge.Direction(r.Direction), OnlyIntoEmpty: r.OnlyIntoEmpty},
		}}
	}
	return out, nil
}

// apply lays one row of the configuration over d.
func (d *draft) apply(o Override, wrong func(string, ...any)) {
	d.line, d.off = o.Line, o.Off
	r := &d.row
	mistake := func(format string, args ...any) { d.broken = true; wrong(format, args...) }
	if o.GHL != "" {
		if err := checkGHL(o.GHL); err != nil {
			mistake("%s", err)
		}
		if o.GHL != r.GHL {
			r.Special = Ordinary
		}
		r.GHL = o.GHL
	}
	if o.Commonsku != "" {
		path, err := ParsePath(o.Commonsku)
		if err != nil {
			mistake("%s", err)
		}
		if path != r.Commonsku && r.Special != Status {
			r.Special = Ordinary
		}
		r.Commonsku = path
	}
	if o.Direction != "" {
		r.Rule.Direction = merge.Direction(o.Direction)
		mistakeUnless(mistake, "direction", o.Direction, "both", "ghl_to_commonsku", "commonsku_to_ghl")
	}
	if o.OnConflict != "" {
		r.Rule.OnConflict = merge.Policy(o.OnConflict)
		mistakeUnless(mistake, "on_conflict", o.OnConflict, "newest", "ghl", "commonsku", "manual")
	}
	if o.Tie != "" {
		r.Rule.Tie = record.Side(o.Tie)
		mistakeUnless(mistake, "tie", o.Tie, "ghl", "commonsku")
	}
	if o.Drift != "" {
		r.Rule.Drift = merge.Drift(o.Drift)
		mistakeUnless(mistake, "drift", o.Drift, "report", "overwrite")
	}
	if o.Form != "" {
		r.Form, r.formGiven = record.Form(o.Form), true
		mistakeUnless(mistake, "form", o.Form, formNames()...)
	}
	if o.Transform != "" {
		p, err := expr.Compile(expr.Transform, o.Transform)
		if err != nil {
			mistake("transform: %s", err)
		}
		r.Transform, r.TransformSource = p, o.Transform
	}
	if o.Was == o.Name && o.Was != "" {
		mistake("was: names the row itself; write the old name, or leave it out")
	}
	r.Was = o.Was
}

// finish completes a row with the policy of its kind. use is false for a row that is off.
func (d *draft) finish(p Policy, wrong func(string, ...any)) (row Row, use bool) {
	r := d.row
	if d.off {
		return r, false
	}
	if !d.builtin {
		if r.GHL == "" {
			wrong("says no ghl: field")
		}
		if r.Commonsku == (Path{}) && !d.broken {
			wrong("says no commonsku: field; write contact.FIELD or client.FIELD")
		}
	}
	r.Rule = r.Rule.Over(merge.Rule{Direction: p.Direction, OnConflict: p.OnConflict, Tie: p.Tie, Drift: p.Drift})
	if p.Direction != "" && p.Direction != merge.Both {
		if r.Rule.Direction != merge.Both && r.Rule.Direction != p.Direction {
			return r, false // the kind does not flow this row's way
		}
		r.Rule.Direction = p.Direction
	}
	if r.Form == "" {
		r.Form = defaultForm(r)
	}
	r.Rule.Set = r.Form == formTags
	if r.Transform != nil && r.Rule.Direction == merge.Both {
		wrong("a transform cannot be run backwards: add direction: ghl_to_commonsku or commonsku_to_ghl")
	}
	if r.Commonsku.Owner == record.Company {
		r.Rule.OnlyIntoEmpty = r.Rule.OnlyIntoEmpty || r.Special != Status // contacts share their client
	}
	return r, true
}

// defaultForm is the form of a row that names none: what the field is known to be, else a text.
func defaultForm(r Row) record.Form {
	switch {
	case r.Commonsku.Field == "tags" && r.source() != record.Commonsku, r.GHL == "tags" && r.source() != record.GHL:
		return formTags
	case r.GHL == "dateOfBirth":
		return "date"
	case r.GHL == "dnd":
		return "bool"
	case r.GHL == "phone", r.Commonsku.Field == "phone", r.Commonsku.Field == "cell":
		return "phone"
	case r.GHL == "email", r.Commonsku.Field == "email":
		return "email"
	}
	return "text"
}

func mistakeUnless(mistake func(string, ...any), key, got string, allowed ...string) {
	if !slices.Contains(allowed, got) {
		mistake("%s: %q is none of %s%s", key, got, strings.Join(allowed, ", "), didYouMean(got, allowed))
	}
}
