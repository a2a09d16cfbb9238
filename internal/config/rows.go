package config

import (
	"errors"
	"fmt"

	"tandem/internal/expr"
	"tandem/internal/mapping"
	"tandem/internal/record"
)

// MappingRow is one row of `mapping`, on top of the built-in map.
type MappingRow = mapping.Override

// rows reads `mapping`.
func (v value) rows(p *Pair) {
	kind := func(k record.Kind) field {
		return field{plural(k), func(v value) {
			v.each(func(_ int, v value) {
				var row MappingRow
				v.row(&row)
				p.Mapping[k] = append(p.Mapping[k], row)
			})
		}}
	}
	v.mapping(
		kind(record.Contact), kind(record.Company), kind(record.Task), kind(record.Note), kind(record.Appointment),
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

// checkRows lays the rows over the built-in map, once the kinds' policies are known.
func (r *reader) checkRows(key string, p Pair) {
	for _, k := range record.Kinds {
		if len(p.Mapping[k]) == 0 {
			continue
		}
		kind := p.Kind(k)
		_, err := mapping.Build(k, p.Mapping[k], mapping.Policy{Direction: kind.Direction, OnConflict: kind.OnConflict, Tie: kind.Tie, Drift: kind.Drift})
		var mistakes mapping.Mistakes
		if !errors.As(err, &mistakes) {
			if err != nil {
				r.wrong(p.Line, key, "", "%s", err)
			}
			continue
		}
		for _, m := range mistakes {
			line := m.Line
			if line == 0 {
				line = p.Line
			}
			r.wrong(line, key+"."+plural(k)+"."+dash(m.Row), "`tandem plan --mapping` lists the built-in rows", "%s", m.What)
		}
	}
}

// plural is a kind's key in the file.
func plural(k record.Kind) string {
	if k == record.Company {
		return "companies"
	}
	return string(k) + "s"
}

func dash(s string) string {
	if s == "" {
		return "?"
	}
	return s
}

// expression reads an expression and compiles it, so that a mistake is told before anything runs. What an expression on
// other kinds than contacts sees is known where those kinds are synced.
func (v value) expression(to *string, use expr.Use, of record.Kind) {
	s, _, ok := v.scalar()
	if !ok || s == "" {
		return
	}
	*to = s
	if of != record.Contact {
		return
	}
	_, err := expr.Compile(use, s)
	var mistakes expr.Mistakes
	switch {
	case errors.As(err, &mistakes):
		for _, m := range mistakes {
			where := fmt.Sprintf("column %d", m.Column)
			if m.Line > 1 {
				where = fmt.Sprintf("line %d, column %d", m.Line, m.Column)
			}
			v.wrong(m.Mend, "%s of the expression: %s", where, m.What)
		}
	case err != nil:
		v.wrong("", "%s", err)
	}
}
