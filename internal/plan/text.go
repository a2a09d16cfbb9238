package plan

import (
	"fmt"
	"strings"
	"text/tabwriter"

	"tandem/internal/record"
)

// SummaryRow counts what a plan intends for one kind.
type SummaryRow struct {
	Kind    record.Kind    `json:"kind"`
	Records map[Action]int `json:"records"`
	// Writes counts fields to be written, by side.
	Writes map[record.Side]int `json:"writes"`
	Calls  Calls               `json:"calls"`
}

// Summary has one row for each kind that occurs, in the order of the plan.
func (p Plan) Summary() []SummaryRow {
	var out []SummaryRow
	for _, r := range p.Records {
		if len(out) == 0 || out[len(out)-1].Kind != r.Kind {
			out = append(out, SummaryRow{Kind: r.Kind, Records: map[Action]int{}, Writes: map[record.Side]int{}})
		}
		row := &out[len(out)-1]
		row.Records[r.Action]++
		for _, w := range r.Writes {
			row.Writes[w.Side]++
		}
		row.Calls = row.Calls.Add(r.Calls)
	}
	return out
}

// SummaryText is the summary as a table for people.
func (p Plan) SummaryText() string {
	if p.Empty() {
		return "Nothing to do: both sides agree, or the difference is explained.\n"
	}
	var b strings.Builder
	w := tabwriter.NewWriter(&b, 0, 0, 2, ' ', 0)
	var head strings.Builder
	head.WriteString("KIND")
	for _, a := range Actions {
		head.WriteString("\t" + strings.ToUpper(string(a)))
	}
	_, _ = fmt.Fprintln(w, head.String()+"\tFIELDS TO GHL\tFIELDS TO COMMONSKU\tCALLS") // a strings.Builder never fails
	for _, row := range p.Summary() {
		var line strings.Builder
		line.WriteString(string(row.Kind))
		for _, a := range Actions {
			fmt.Fprintf(&line, "\t%d", row.Records[a])
		}
		_, _ = fmt.Fprintf(w, "%s\t%d\t%d\t%d\n", line.String(), row.Writes[record.GHL], row.Writes[record.Commonsku], row.Calls.Reads+row.Calls.Writes)
	}
	_ = w.Flush()
	return b.String()
}

// Text is the whole plan for people: each record with its writes, then the summary.
func (p Plan) Text() string {
	var b strings.Builder
	fmt.Fprintf(&b, "plan %.12s for %s: %d records, %d calls (%d reads, %d writes)\n", p.ID, p.Pair, len(p.Records),
		p.Cost.Reads+p.Cost.Writes, p.Cost.Reads, p.Cost.Writes)
	for _, r := range p.Records {
		b.WriteByte('\n')
		r.text(&b)
	}
	b.WriteByte('\n')
	b.WriteString(p.SummaryText())
	return b.String()
}

func (r Record) text(b *strings.Builder) {
	fmt.Fprintf(b, "%s %s", r.Action, r.Kind)
	if r.Label != "" {
		fmt.Fprintf(b, " %s", clean(r.Label))
	}
	fmt.Fprintf(b, " (GHL %s, commonsku %s)", idOr(r.GHL), idOr(r.Commonsku))
	if r.Reason != "" {
		fmt.Fprintf(b, ": %s", clean(r.Reason))
	}
	b.WriteByte('\n')
	for _, w := range r.Writes {
		fmt.Fprintf(b, "  %s %s %s: %s -> %s (%s)\n", w.Side, w.Verb, w.Field, shown(w.Old), shown(w.New), clean(w.Reason))
	}
}

func idOr(id string) string {
	if id == "" {
		return "new"
	}
	return clean(id)
}

// shown is a value on one line; empty is said in a word, since nothing would read as a mistake of ours.
func shown(v record.Value) string {
	if v.IsEmpty() {
		return "(empty)"
	}
	return clean(v.String())
}

// lineMax is how many characters of a value a line shows; the JSON form has all of it.
const lineMax = 100

// clean keeps a value on its line and away from the terminal's control codes.
func clean(s string) string {
	var b strings.Builder
	n := 0
	for _, r := range s {
		if n == lineMax {
			b.WriteRune('…')
			break
		}
		switch {
		case r == '\n':
			b.WriteString("⏎")
		case r < ' ' || r == 0x7f || r >= 0x80 && r < 0xa0:
			b.WriteRune('·')
		default:
			b.WriteRune(r)
		}
		n++
	}
	return b.String()
}
