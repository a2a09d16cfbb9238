package config

import (
	"tandem/internal/record"
)

// MappingRow is one row of `mapping`, on top of the built-in map. An empty text keeps what the built-in row says.
type MappingRow struct {
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
	Line       int
}

// rows reads `mapping`.
func (v value) rows(p *Pair) {
	kind := func(name string, k record.Kind) field {
		return field{name, func(v value) {
			v.each(func(_ int, v value) {
				var row MappingRow
				v.row(&row)
				p.Mapping[k] = append(p.Mapping[k], row)
			})
		}}
	}
	v.mapping(
		kind("contacts", record.Contact), kind("companies", record.Company), kind("tasks", record.Task),
		kind("notes", record.Note), kind("appointments", record.Appointment),
	)
}

func (v value) row(r *MappingRow) {
	r.Line = v.line()
	path := func(to *string) func(value) {
		return func(v value) {
			if v.isNull() {
				r.Off = true
				return
			}
			v.text(to)
		}
	}
	text := func(to *string) func(value) { return func(v value) { v.text(to) } }
	v.mapping(
		field{"name", text(&r.Name)},
		field{"ghl", path(&r.GHL)},
		field{"commonsku", path(&r.Commonsku)},
		field{"direction", func(v value) { v.choice(&r.Direction, "both", "ghl_to_commonsku", "commonsku_to_ghl") }},
		field{"transform", text(&r.Transform)},
		field{"on_conflict", func(v value) { v.choice(&r.OnConflict, "newest", "ghl", "commonsku", "manual") }},
		field{"tie", func(v value) { v.choice(&r.Tie, "ghl", "commonsku") }},
		field{"drift", func(v value) { v.choice(&r.Drift, "report", "overwrite") }},
		field{"form", text(&r.Form)},
		field{"was", text(&r.Was)},
	)
}

// expression reads an expression.
func (v value) expression(to *string, _ record.Kind) { v.text(to) }
