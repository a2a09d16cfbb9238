package mapping

import (
	"slices"

	"tandem/internal/merge"
	"tandem/internal/record"
)

// group is one set that is fed by contributions: one-way rows that add and remove their own elements only, such as a tag
// made of a custom field. rows are indexes into Table.Rows; the plain row (the set itself on both sides), if any, is first.
type group struct {
	side  record.Side
	plain bool // rows[0] is the plain row
	rows  []int
}

// groups finds the sets that contributions feed. A one-way row contributes if it has a transform, or where the set has a
// plain row of its own.
func (t Table) groups() []group {
	var order []target
	members := map[target][]int{}
	for i, r := range t.Rows {
		if !r.Rule.Set {
			continue
		}
		for _, g := range r.targets() {
			if members[g] == nil {
				order = append(order, g)
			}
			members[g] = append(members[g], i)
		}
	}
	var out []group
	for _, at := range order {
		rows := members[at]
		plain := slices.IndexFunc(rows, func(i int) bool { return t.Rows[i].source() == "" })
		if plain < 0 {
			plain = slices.IndexFunc(rows, func(i int) bool { return t.Rows[i].Transform == nil })
		}
		if len(rows) == 1 && plain == 0 {
			continue // the set alone
		}
		g := group{side: at.side, plain: plain >= 0}
		if g.plain {
			g.rows = append(g.rows, rows[plain])
		}
		for j, i := range rows {
			if j != plain {
				g.rows = append(g.rows, i)
			}
		}
		out = append(out, g)
	}
	return out
}

// share divides the elements of a set among the rows that feed it, so that merge can go on element by element and row by
// row: each row sees of the set only what is its own. An element belongs to the first row that wants it; one that nobody
// wants belongs to the contributions that brought it, else to the plain row. So a contributed tag does not travel back,
// taking a contribution away never removes a tag that somebody also set by hand, and the other way round.
func (rd reader) share(t Table, g group, fields []merge.Field, at map[string]int) {
	type member struct {
		field *merge.Field
		wants []string
		plain bool
	}
	var members []member
	for n, i := range g.rows {
		if j, ok := at[t.Rows[i].Name]; ok {
			f := &fields[j]
			members = append(members, member{f, f.Reading(g.side.Other()).Key.Items(), g.plain && n == 0})
		}
	}
	wantedBy := map[string]int{}
	brought := map[string]bool{}
	for n, m := range members {
		for _, e := range m.wants {
			if _, taken := wantedBy[e]; !taken {
				wantedBy[e] = n
			}
		}
		if !m.plain {
			for _, e := range baseItems(m.field) {
				brought[e] = true
			}
		}
	}
	for n, m := range members {
		mine := func(e string) bool {
			if owner, wanted := wantedBy[e]; wanted {
				return owner == n
			}
			known := slices.Contains(baseItems(m.field), e)
			if m.plain {
				return known || !brought[e]
			}
			return known
		}
		target, source := m.field.Reading(g.side), m.field.Reading(g.side.Other())
		target.Key = record.Set(keep(target.Key.Items(), mine)...)
		if !m.plain {
			source.Key = record.Set(keep(m.wants, mine)...)
		}
		m.field.SetReading(g.side, target)
		m.field.SetReading(g.side.Other(), source)
	}
}

func baseItems(f *merge.Field) []string {
	if f.Base == nil {
		return nil
	}
	return f.Base.Key.Items()
}

func keep(items []string, want func(string) bool) []string {
	out := make([]string, 0, len(items))
	for _, e := range items {
		if want(e) {
			out = append(out, e)
		}
	}
	return out
}
