package mapping

import (
	"fmt"

	"tandem/internal/record"
)

// target is one field of one side.
type target struct {
	side  record.Side
	owner record.Kind // of commonsku fields
	field string
}

// targets are the fields that a row may write.
func (r Row) targets() []target {
	var out []target
	if r.Rule.Direction.Allows(record.GHL) {
		out = append(out, target{side: record.GHL, field: r.GHL})
	}
	if r.Rule.Direction.Allows(record.Commonsku) {
		out = append(out, target{record.Commonsku, r.Commonsku.Owner, r.Commonsku.Field})
	}
	return out
}

// checkShared: two rows may write to one field only where it is a set, and then at most one of them flows both ways.
func (t Table) checkShared(drafts []draft) Mistakes {
	var out Mistakes
	lines := map[string]int{}
	for _, d := range drafts {
		lines[d.row.Name] = d.line
	}
	first := map[target]Row{}
	for _, r := range t.Rows {
		for _, g := range r.targets() {
			o, taken := first[g]
			switch {
			case !taken:
				first[g] = r
			case !r.Rule.Set || !o.Rule.Set:
				out = append(out, Mistake{r.Name, lines[r.Name], fmt.Sprintf("row %q writes to the same field of %s: switch it off with {name: %s, commonsku: ~}, or give one of them a direction", o.Name, g.side, o.Name)})
			case r.source() == "" && o.source() == "":
				out = append(out, Mistake{r.Name, lines[r.Name], fmt.Sprintf("row %q feeds the same set both ways: give one of them a direction", o.Name)})
			}
		}
	}
	return out
}
