package merge

import (
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"tandem/internal/record"
)

const tablePath = "../../docs/reference/merge-table.md"

// setting is one column of the table: a policy, and who edited last.
type setting struct {
	name     string
	policy   Policy
	ghl, csk time.Time
}

func settings() []setting {
	early, late := noon.Add(-time.Hour), noon.Add(-time.Minute)
	return []setting{
		{"newest: GHL is newer", Newest, late, early},
		{"newest: commonsku is newer", Newest, early, late},
		{"newest: tie", Newest, late, late.Add(time.Second)},
		{"ghl", GHLWins, early, late},
		{"commonsku", CommonskuWin, late, early},
		{"manual", Manual, early, late},
	}
}

// config is what a section of the table holds fixed.
type config struct {
	direction      Direction
	drift          Drift
	empty          bool
	ghl, commonsku bool // writable
}

func configs() []config {
	var out []config
	for _, d := range []Direction{Both, GHLToCommonsku, CommonskuToGHL} {
		for _, dr := range []Drift{Report, Overwrite} {
			for _, empty := range []bool{false, true} {
				for _, w := range [][2]bool{{true, true}, {true, false}, {false, true}, {false, false}} {
					out = append(out, config{d, dr, empty, w[0], w[1]})
				}
			}
		}
	}
	return out
}

func (c config) String() string {
	s := []string{"direction " + string(c.direction)}
	if c.direction != Both {
		s = append(s, "drift "+string(c.drift))
	}
	if c.empty {
		s = append(s, "only into empty")
	}
	if !c.ghl {
		s = append(s, "GHL not writable")
	}
	if !c.commonsku {
		s = append(s, "commonsku not writable")
	}
	return strings.Join(s, ", ")
}

// state is a row of the table: what base and the two sides hold. A base of "none" is a first link.
type state struct{ base, ghl, commonsku string }

func states(set bool) []state {
	ghl, commonsku := []string{"", "A", "B"}, []string{"", "A", "B", "C"}
	if set {
		ghl, commonsku = []string{"", "A", "B", "A B"}, []string{"", "A", "C", "A C", "B"}
	}
	var out []state
	for _, b := range []string{"none", "", "A"} {
		for _, g := range ghl {
			for _, c := range commonsku {
				out = append(out, state{b, g, c})
			}
		}
	}
	return out
}

func field(c config, s state, p setting, set bool) Field {
	value := func(v string) record.Value {
		if set {
			return record.Set(strings.Fields(v)...)
		}
		return record.Text(v)
	}
	f := Field{
		Name:      "field",
		Rule:      Rule{Direction: c.direction, Drift: c.drift, OnlyIntoEmpty: c.empty, OnConflict: p.policy, Set: set},
		GHL:       Reading{Raw: value(s.ghl), Key: value(s.ghl), ChangedAt: p.ghl, Writable: c.ghl},
		Commonsku: Reading{Raw: value(s.commonsku), Key: value(s.commonsku), ChangedAt: p.csk, Writable: c.commonsku},
	}
	if s.base != "none" {
		v := value(s.base)
		f.Base = &Base{GHL: v, Commonsku: v, Key: v}
	}
	return f
}

// TestMergeTable walks every combination of presence, change, direction, policy, drift, kind and writability: none may
// break an invariant, each must mirror, and what they print is the documentation.
func TestMergeTable(t *testing.T) {
	combinations := 0
	for _, set := range []bool{false, true} {
		for _, c := range configs() {
			for _, s := range states(set) {
				for _, p := range settings() {
					combinations++
					f := field(c, s, p, set)
					o := Merge(f, noon)
					for _, v := range violations(f, o, noon) {
						t.Errorf("set %v, %s, %+v, %s: %s", set, c, s, p.name, v)
					}
					if got, want := plain(Merge(mirrored(f), noon)), mirroredOutcome(plain(o)); !reflect.DeepEqual(got, want) {
						t.Errorf("set %v, %s, %+v, %s: swapped\n got %+v\nwant %+v", set, c, s, p.name, got, want)
					}
				}
			}
		}
	}
	t.Logf("%d combinations", combinations)
	got := table()
	if *update {
		if err := os.MkdirAll(filepath.Dir(tablePath), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(tablePath, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(tablePath)
	if err != nil {
		t.Fatal(err)
	}
	if string(want) != got {
		t.Errorf("%s is not what merge does; look at the difference after: go test ./internal/merge -run MergeTable -update", tablePath)
	}
}

func table() string {
	var b strings.Builder
	b.WriteString(`# The merge table

What Tandem does with one field, for every combination of what both sides hold and what they last agreed on (*base*).
Generated from the code by ` + "`go test ./internal/merge -run MergeTable -update`" + `, and compared with it by the same test.

A, B and C are values in canonical form; ∅ is empty; "none" is a first link, or a new mapping row. "→ commonsku: B" writes
B to commonsku, "clears" writes the empty value. A value that is *kept* was overwritten and can be restored from history.
A word in brackets is why the field is not in step afterwards. Where the policy makes a difference, each line names the policies it
holds for; the tie goes to GHL, as it does unless a row says ` + "`tie: commonsku`" + `. Headings that share a table behave alike.
`)
	for _, set := range []bool{false, true} {
		if set {
			b.WriteString("\n## Sets (tags)\n")
		} else {
			b.WriteString("\n## Texts\n")
		}
		var bodies []string
		heads := map[string][]string{}
		for _, c := range configs() {
			body := section(c, set)
			if heads[body] == nil {
				bodies = append(bodies, body)
			}
			if h := c.String(); !slices.Contains(heads[body], h) {
				heads[body] = append(heads[body], h)
			}
		}
		for _, body := range bodies {
			b.WriteString("\n### " + heads[body][0] + "\n")
			if more := heads[body][1:]; len(more) > 0 {
				b.WriteString("\nThe same for: " + strings.Join(more, " · ") + ".\n")
			}
			b.WriteString("\n" + body)
		}
	}
	return b.String()
}

func section(c config, set bool) string {
	var b strings.Builder
	b.WriteString("| base | GHL | commonsku | outcome |\n| --- | --- | --- | --- |\n")
	for _, s := range states(set) {
		var order []string
		names := map[string][]string{}
		for _, p := range settings() {
			f := field(c, s, p, set)
			told := tell(f, Merge(f, noon))
			if names[told] == nil {
				order = append(order, told)
			}
			names[told] = append(names[told], p.name)
		}
		cells := make([]string, len(order))
		for i, told := range order {
			cells[i] = told
			if len(order) > 1 {
				cells[i] = "*" + strings.Join(names[told], "; ") + "*: " + told
			}
		}
		fmt.Fprintf(&b, "| %s | %s | %s | %s |\n", cell(s.base), cell(s.ghl), cell(s.commonsku), strings.Join(cells, "<br>"))
	}
	return b.String()
}

func cell(s string) string {
	if s == "" {
		return "∅"
	}
	return s
}

func tell(f Field, o Outcome) string {
	var parts []string
	for _, s := range record.Sides {
		v := o.To(s)
		if v == nil {
			continue
		}
		what := v.String()
		if f.Rule.Set {
			add, remove := o.Elements(s)
			what = strings.TrimSpace(strings.Join(prefixed("+", add), " ") + " " + strings.Join(prefixed("−", remove), " "))
		} else if v.IsEmpty() {
			what = "clears"
		}
		parts = append(parts, "→ "+name(s)+": "+what)
	}
	for _, l := range o.Kept {
		parts = append(parts, name(l.Side)+"'s "+cell(l.Value.String())+" kept")
	}
	switch {
	case o.Conflict != nil:
		parts = append(parts, "held for a person")
	case len(parts) == 0 && o.Why == InStep:
		parts = append(parts, "agreed")
	case len(parts) == 0:
		parts = append(parts, "nothing written")
	}
	if o.Why != InStep {
		parts = append(parts, "["+string(o.Why)+"]")
	}
	return strings.Join(parts, ", ")
}

func prefixed(p string, items []string) []string {
	out := make([]string, len(items))
	for i, s := range items {
		out[i] = p + s
	}
	return out
}
