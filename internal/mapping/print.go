package mapping

import (
	"fmt"
	"strings"
	"text/tabwriter"

	"tandem/internal/merge"
	"tandem/internal/record"
)

// Print is the table for people, as `tandem plan --mapping` shows it.
func (t Table) Print() string {
	var b strings.Builder
	w := tabwriter.NewWriter(&b, 0, 0, 2, ' ', 0)
	_, _ = fmt.Fprintln(w, "NAME\tGHL\t\tCOMMONSKU\tFORM\tON CONFLICT\tREMARKS") // a strings.Builder never fails
	for _, r := range t.Rows {
		_, _ = fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\t%s\t%s\n", r.Name, r.GHL, arrow(r.Rule.Direction), r.Commonsku, r.Form, r.conflicts(), strings.Join(r.remarks(), "; "))
	}
	for _, r := range t.Off {
		_, _ = fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\t\t%s\n", r.Name, r.GHL, "off", r.Commonsku, r.Form, strings.Join(r.remarks(), "; "))
	}
	_ = w.Flush()
	lines := strings.Split(b.String(), "\n")
	for i := range lines {
		lines[i] = strings.TrimRight(lines[i], " ")
	}
	return strings.Join(lines, "\n")
}

// Markdown is the same for the documentation.
func (t Table) Markdown() string {
	var b strings.Builder
	b.WriteString("| name | GHL | | commonsku | form | on conflict | remarks |\n| --- | --- | --- | --- | --- | --- | --- |\n")
	row := func(r Row, arrow, conflicts string) {
		fmt.Fprintf(&b, "| `%s` | `%s` | %s | `%s` | %s | %s | %s |\n", r.Name, r.GHL, arrow, r.Commonsku, r.Form, conflicts, strings.Join(r.remarks(), "; "))
	}
	for _, r := range t.Rows {
		row(r, arrow(r.Rule.Direction), r.conflicts())
	}
	for _, r := range t.Off {
		row(r, "off", "")
	}
	return b.String()
}

func arrow(d merge.Direction) string {
	switch d {
	case merge.GHLToCommonsku:
		return "-->"
	case merge.CommonskuToGHL:
		return "<--"
	}
	return "<->"
}

func (r Row) conflicts() string {
	switch {
	case r.Rule.Set:
		return "both kept"
	case r.Rule.OnConflict == merge.Newest:
		return "newest (tie: " + string(r.Rule.Tie) + ")"
	}
	return string(r.Rule.OnConflict)
}

// remarks say what of a row the columns do not.
func (r Row) remarks() []string {
	var out []string
	add := func(when bool, what string) {
		if when {
			out = append(out, what)
		}
	}
	add(r.Special == Phone, "bound to the commonsku phone or cell that equalled it at linking")
	add(r.Special == Company, "by the client's id, found or made by name")
	add(r.Special == Rep, "by the user's e-mail")
	add(r.Special == Status, "only from lead to customer, or where the client has none")
	add(r.Commonsku.Owner == record.Company, "shared by the client's contacts")
	add(r.Rule.OnlyIntoEmpty, "only into an empty field")
	add(r.Rule.Drift == merge.Overwrite && r.Rule.Direction != merge.Both, "edits on the receiving side are overwritten")
	add(r.TransformSource != "", "transform: "+strings.ReplaceAll(r.TransformSource, "|", `\|`))
	add(r.Max > 0 && cuts(r.Form), fmt.Sprintf("cut at %d characters", r.Max))
	add(r.GHLReadOnly, "GHL cannot be written")
	add(r.CommonskuReadOnly, "commonsku cannot be written")
	add(r.Was != "", "was "+r.Was)
	return out
}
