package match

import (
	"cmp"
	"slices"

	"tandem/internal/record"
)

// RowDecision is what a row of the CSV says.
type RowDecision string

// The decisions.
const (
	DecisionLink   RowDecision = "link"
	DecisionAsk    RowDecision = "ask"
	DecisionCreate RowDecision = "create"
	DecisionApart  RowDecision = "apart"
)

// Row is one line of `match --export`, and of what `--apply` takes.
type Row struct {
	GHL, Commonsku         string // ids; one is "" for a record to be made
	Decision               RowDecision
	Score                  float64
	Reason                 string
	GHLName, CommonskuName string // for a person's eyes
}

// Label is what people call the row's record of a side.
func (r Row) Label(s record.Side) string {
	if s == record.GHL {
		return r.GHLName
	}
	return r.CommonskuName
}

// Rows lists a result: links, then asks, then what has no counterpart; each by score and id.
func Rows(res Result) []Row {
	var out []Row
	add := func(list []Decision, d RowDecision) {
		list = slices.Clone(list)
		slices.SortStableFunc(list, func(a, b Decision) int {
			return cmp.Or(cmp.Compare(b.Score, a.Score), cmp.Compare(a.GHL.ID, b.GHL.ID), cmp.Compare(a.Commonsku.ID, b.Commonsku.ID))
		})
		for _, x := range list {
			out = append(out, Row{GHL: x.GHL.ID, Commonsku: x.Commonsku.ID, Decision: d, Score: x.Score, Reason: x.Text()})
		}
	}
	add(res.Links, DecisionLink)
	add(res.Asks, DecisionAsk)
	for _, ref := range res.OnlyGHL {
		out = append(out, Row{GHL: ref.ID, Decision: DecisionCreate, Reason: "no counterpart in commonsku"})
	}
	for _, ref := range res.OnlyCommonsku {
		out = append(out, Row{Commonsku: ref.ID, Decision: DecisionCreate, Reason: "no counterpart in GHL"})
	}
	return out
}
