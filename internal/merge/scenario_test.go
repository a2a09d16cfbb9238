package merge

import (
	"flag"
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

var update = flag.Bool("update", false, "rewrite what the scenarios and the merge table expect")

// A scenario is a text file: comment lines, then steps. What each step is:
//
//	policy, tie, direction, drift VALUE · only_into_empty · set FIELD · unwritable SIDE · now HH:MM   the rule, at the top or under -- rule --
//	-- base --                    FIELD VALUE, or FIELD GHLRAW | COMMONSKURAW => KEY
//	-- ghl 09:02 --               FIELD VALUE, or FIELD RAW => KEY; no time: a side without a clock
//	-- commonsku 09:01 --
//	-- resolve --                 FIELD VALUE: what a person decided
//	-- plan --                    what merge makes of it; written by go test -update
//
// Steps after a plan start from what both sides and the store hold once that plan was carried out.
func TestScenarios(t *testing.T) {
	files, err := filepath.Glob("testdata/*.txt")
	if err != nil {
		t.Fatal(err)
	}
	if len(files) < 40 {
		t.Fatalf("only %d scenarios: one per rule and history", len(files))
	}
	for _, path := range files {
		t.Run(strings.TrimSuffix(filepath.Base(path), ".txt"), func(t *testing.T) {
			b, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			got := runScenario(t, string(b))
			if *update {
				if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
					t.Fatal(err)
				}
				return
			}
			if got != string(b) {
				t.Errorf("%s: want\n%s\ngot\n%s", path, b, got)
			}
		})
	}
}

// play is the state of a scenario between its steps.
type play struct {
	fields map[string]Field
	rule   Rule
	sets   map[string]bool
	closed map[record.Side]bool
	now    time.Time
}

func runScenario(t *testing.T, text string) string {
	p := play{fields: map[string]Field{}, sets: map[string]bool{}, closed: map[record.Side]bool{}, now: noon}
	var out strings.Builder
	section := "rule"
	skip := false
	for line := range strings.Lines(text) {
		line = strings.TrimRight(line, "\n")
		if head, ok := strings.CutPrefix(line, "-- "); ok {
			section, skip = strings.TrimSuffix(head, " --"), false
			out.WriteString(line + "\n")
			if section == "plan" {
				out.WriteString(p.plan(t))
				skip = true
			}
			continue
		}
		if skip {
			continue
		}
		out.WriteString(line + "\n")
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		name, rest, _ := strings.Cut(line, " ")
		p.line(t, section, name, strings.TrimSpace(rest))
	}
	return out.String()
}

func (p *play) line(t *testing.T, section, name, rest string) {
	kind, clock, _ := strings.Cut(section, " ")
	if kind == "rule" {
		p.option(t, name, rest)
		return
	}
	f := p.fields[name]
	f.Name = name
	raw, key := p.values(name, rest)
	switch kind {
	case "base":
		b := Base{GHL: raw, Commonsku: raw, Key: key}
		if g, c, two := strings.Cut(rest, " | "); two {
			b.GHL, _ = p.values(name, g)
			b.Commonsku, b.Key = p.values(name, c)
		}
		f.Base = &b
	case "ghl", "commonsku":
		f.SetReading(record.Side(kind), Reading{Raw: raw, Key: key, ChangedAt: clockTime(t, clock)})
	case "resolve":
		f.Resolved = &key
	default:
		t.Fatalf("unknown section %q", section)
	}
	p.fields[name] = f
}

func (p *play) option(t *testing.T, name, rest string) {
	switch name {
	case "policy":
		p.rule.OnConflict = Policy(rest)
	case "tie":
		p.rule.Tie = record.Side(rest)
	case "direction":
		p.rule.Direction = Direction(rest)
	case "drift":
		p.rule.Drift = Drift(rest)
	case "only_into_empty":
		p.rule.OnlyIntoEmpty = true
	case "set":
		p.sets[rest] = true
	case "unwritable":
		p.closed[record.Side(rest)] = true
	case "writable":
		delete(p.closed, record.Side(rest))
	case "now":
		p.now = clockTime(t, rest)
	default:
		t.Fatalf("unknown option %q", name)
	}
}

func (p *play) values(name, s string) (raw, key record.Value) {
	r, k, own := strings.Cut(s, "=>")
	if !own {
		k = r
	}
	value := func(s string) record.Value {
		s = strings.TrimSpace(s)
		if p.sets[name] {
			return record.Set(strings.FieldsFunc(s, func(r rune) bool { return r == ',' || r == ' ' })...)
		}
		return record.Text(s)
	}
	return value(r), value(k)
}

func clockTime(t *testing.T, s string) time.Time {
	if s == "" {
		return time.Time{}
	}
	for _, layout := range []string{"15:04:05", "15:04"} {
		if at, err := time.Parse(layout, s); err == nil {
			return time.Date(2026, 11, 23, at.Hour(), at.Minute(), at.Second(), at.Nanosecond(), time.UTC)
		}
	}
	t.Fatalf("no time of day: %q", s)
	return time.Time{}
}

// plan merges, checks what holds for every plan, carries it out, and prints it.
func (p *play) plan(t *testing.T) string {
	var names []string
	for name := range p.fields {
		names = append(names, name)
	}
	slices.Sort(names)
	fields := make([]Field, len(names))
	for i, name := range names {
		f := p.fields[name]
		f.Rule = p.rule
		f.Rule.Set = p.sets[name]
		f.GHL.Writable, f.Commonsku.Writable = !p.closed[record.GHL], !p.closed[record.Commonsku]
		fields[i] = f
	}
	outcomes := Record(fields, p.now)
	backward := slices.Clone(fields)
	slices.Reverse(backward)
	shuffled := Record(backward, p.now)
	slices.Reverse(shuffled)
	if !reflect.DeepEqual(shuffled, outcomes) {
		t.Errorf("the order of fields matters:\n%+v\n%+v", shuffled, outcomes)
	}
	var out strings.Builder
	for i, f := range fields {
		o := outcomes[i]
		for _, v := range violations(f, o, p.now) {
			t.Errorf("%s: %s", f.Name, v)
		}
		if got, want := plain(Merge(mirrored(f), p.now)), mirroredOutcome(plain(o)); !reflect.DeepEqual(got, want) {
			t.Errorf("%s: swapped sides:\n got %+v\nwant %+v", f.Name, got, want)
		}
		show(&out, f, o)
		after := carried(f, o)
		after.GHL.ChangedAt, after.Commonsku.ChangedAt = f.GHL.ChangedAt, f.Commonsku.ChangedAt
		p.fields[f.Name] = after
	}
	return out.String()
}

// show prints one outcome: each write, what is kept, what is held, and why a field is not in step.
func show(out *strings.Builder, f Field, o Outcome) {
	why := ""
	if o.Why != InStep {
		why = " [" + string(o.Why) + "]"
	}
	lines := 0
	line := func(what, format string, args ...any) {
		fmt.Fprintf(out, "%-9s %s: %s\n", what, f.Name, fmt.Sprintf(format, args...))
		lines++
	}
	for _, s := range record.Sides {
		if o.To(s) == nil {
			continue
		}
		change := shown(f.reading(s).Key) + " -> " + shown(*o.To(s))
		if f.Rule.Set {
			add, remove := o.Elements(s)
			var parts []string
			for _, e := range add {
				parts = append(parts, "+"+e)
			}
			for _, e := range remove {
				parts = append(parts, "-"+e)
			}
			change = strings.Join(parts, " ")
		}
		line(string(s), "%s (%s)%s", change, o.Reason, why)
	}
	for _, l := range o.Kept {
		line("kept", "%s (%s, restorable)", shown(l.Value), l.Side)
	}
	if c := o.Conflict; c != nil {
		line("held", "base %s, ghl %s, commonsku %s (%s)%s", shown(c.Base), shown(c.GHL), shown(c.Commonsku), o.Reason, why)
	}
	if lines == 0 {
		line("nothing", "%s (%s)%s", o.Case, o.Reason, why)
	}
	if b := o.Base; b != nil {
		if b.GHL.Equal(b.Key) && b.Commonsku.Equal(b.Key) {
			line("base", "%s", shown(b.Key))
		} else {
			line("base", "%s | %s => %s", shown(b.GHL), shown(b.Commonsku), shown(b.Key))
		}
	}
}

func shown(v record.Value) string {
	if v.IsEmpty() {
		return "(empty)"
	}
	return v.String()
}
