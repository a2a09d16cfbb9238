package client

import (
	"context"
	"fmt"
	"time"

	"tandem/internal/operate"
	"tandem/internal/plan"
	"tandem/internal/record"
)

// double answers each request with something full, and remembers what it was asked.
type double struct {
	asked []string
	fail  error
}

func (d *double) note(format string, args ...any) error {
	d.asked = append(d.asked, fmt.Sprintf(format, args...))
	return d.fail
}

func at() time.Time { return time.Date(2026, 11, 24, 10, 0, 0, 0, time.UTC) }

func aPair() operate.Pair {
	n := 93
	return operate.Pair{
		Name: "acme", State: operate.Paused, Queue: operate.Queue{Pending: 1, Running: 2, Dead: 3}, Conflicts: 4, Asks: 5, Held: 6, LagSeconds: 1.5,
		Reasons: []string{"operator"}, Quota: map[record.Side]operate.Quota{record.GHL: {BurstLeft: &n, ResetsAt: at()}}, LastSweep: at(),
		Capabilities: map[record.Side]map[record.Kind]operate.Capability{record.Commonsku: {record.Contact: {Access: "read", Reason: "a read-only key"}}},
	}
}

func anEvent() operate.HistoryEvent {
	return operate.HistoryEvent{ID: 1, Pair: "acme", Kind: record.Contact, GHL: "g1", At: at(), Action: "updated", Side: record.GHL, Field: "tags", Old: record.Set("a", "b"), New: record.Text("x")}
}

func aConflict() operate.Conflict {
	return operate.Conflict{ID: 7, Pair: "acme", Kind: record.Contact, Record: operate.RecordName{GHL: "g1", Commonsku: "c1"}, Field: "email", Base: record.Text("a@x.example"), GHL: record.Text("b@x.example"), Since: at()}
}

func aName() operate.RecordName { return operate.RecordName{GHL: "g1", Label: "Ann Lee"} }

func (d *double) Pairs(context.Context) ([]operate.Pair, error) {
	return []operate.Pair{aPair()}, d.note("pairs")
}

func (d *double) Pair(_ context.Context, pair string) (operate.Pair, error) {
	return aPair(), d.note("pair %s", pair)
}

func (d *double) Sweep(_ context.Context, pair string, full bool) error {
	return d.note("sweep %s %v", pair, full)
}

func (d *double) Pause(_ context.Context, pair string) error { return d.note("pause %s", pair) }

func (d *double) Resume(_ context.Context, pair string) error { return d.note("resume %s", pair) }

func (d *double) Links(_ context.Context, pair string, q operate.LinkQuery) (operate.LinkPage, error) {
	return operate.LinkPage{Items: []operate.Link{{ID: 1, Pair: pair, Kind: record.Contact, GHL: "g1", Commonsku: "c1", State: "live", CreatedAt: at()}}, Next: "2"}, d.note("links %s %+v", pair, q)
}

func (d *double) History(_ context.Context, ref record.Ref, q operate.ListQuery) (operate.HistoryPage, error) {
	return operate.HistoryPage{Items: []operate.HistoryEvent{anEvent()}}, d.note("history %s %+v", ref, q)
}

func (d *double) Explain(_ context.Context, query string) (operate.Explanation, error) {
	return operate.Explanation{Query: query, Records: []operate.Explained{{
		Pair: "acme", Kind: record.Contact, GHL: "g1", Why: "conflict", History: []operate.HistoryEvent{anEvent()},
		Link:    &operate.Link{ID: 1, Pair: "acme", Kind: record.Contact, State: "live"},
		Fields:  []operate.ExplainedField{{Field: "email", GHL: record.Text("x"), Outcome: "agreed"}},
		Pending: []operate.PendingWork{{Cause: "webhook ContactUpdate", Attempts: 2, DueAt: at()}},
	}}}, d.note("explain %s", query)
}

func (d *double) Conflicts(_ context.Context, q operate.ListQuery) (operate.ConflictPage, error) {
	return operate.ConflictPage{Items: []operate.Conflict{aConflict()}}, d.note("conflicts %+v", q)
}

func (d *double) ResolveConflict(_ context.Context, id int64, r operate.Resolution) error {
	return d.note("resolve %d %s %v", id, r.Winner, r.Value)
}

func (d *double) Errors(_ context.Context, q operate.ListQuery) (operate.ErrorPage, error) {
	return operate.ErrorPage{Items: []operate.ErrorItem{{ID: 3, Pair: "acme", Why: "dead", Kind: record.Contact, Record: aName(), Class: "invalid", Cause: "no", Mend: "do", Since: at()}}}, d.note("errors %+v", q)
}

func (d *double) Replay(_ context.Context, id int64) error { return d.note("replay %d", id) }

func (d *double) Discard(_ context.Context, id int64, reason string) error {
	return d.note("discard %d %s", id, reason)
}

func (d *double) Asks(_ context.Context, q operate.ListQuery) (operate.AskPage, error) {
	ref := record.Ref{Side: record.GHL, Kind: record.Contact, ID: "g1"}
	return operate.AskPage{Items: []operate.Ask{{ID: 5, Pair: "acme", Why: "ask", Kind: record.Contact, Ref: ref, Candidates: []operate.Candidate{{Ref: ref, Score: 0.7, Reason: "same name"}}}}}, d.note("asks %+v", q)
}

func (d *double) Decide(_ context.Context, id int64, in operate.Decision) error {
	return d.note("decide %d %+v", id, in)
}

func (d *double) Held(_ context.Context, pair string, q operate.ListQuery) (operate.HeldPage, error) {
	return operate.HeldPage{Items: []operate.HeldDelete{{ID: 9, Kind: record.Contact, Record: aName(), Side: record.GHL, Effect: "archive", Since: at()}}}, d.note("held %s %+v", pair, q)
}

func (d *double) ApproveHeld(_ context.Context, pair string) (operate.HeldOutcome, error) {
	return operate.HeldOutcome{Count: 6}, d.note("approve %s", pair)
}

func (d *double) DiscardHeld(_ context.Context, pair string) (operate.HeldOutcome, error) {
	return operate.HeldOutcome{Count: 6}, d.note("discard held %s", pair)
}

func (d *double) Match(_ context.Context, pair string) (operate.MatchReport, error) {
	return operate.MatchReport{Pair: pair, Rows: []operate.MatchRow{{GHL: "g1", Commonsku: "c1", Decision: "ask", Score: 0.5, Reason: "r"}}, Counts: map[string]int{"ask": 1}}, d.note("match %s", pair)
}

func (d *double) ApplyMatch(_ context.Context, pair string, rows []operate.MatchRow) (operate.MatchOutcome, error) {
	return operate.MatchOutcome{Linked: 1, Left: 2, Refused: []string{"row 3: no such record"}}, d.note("apply %s %+v", pair, rows)
}

func (d *double) Plan(_ context.Context, pair string, o operate.SyncOptions) (plan.Plan, error) {
	return plan.New(pair, []plan.Record{{Kind: record.Contact, GHL: "g1", Action: plan.Update, Calls: plan.Calls{Reads: 2, Writes: 1},
		Writes: []plan.Write{{Side: record.GHL, Verb: "update", Field: "email", New: record.Text("x"), Reason: "changed"}}}}), d.note("plan %s %s %s", pair, o.Only, o.Record)
}

func (d *double) Sync(_ context.Context, pair string, o operate.SyncOptions) (operate.SyncReport, error) {
	return operate.SyncReport{Pair: pair, Records: 3, Writes: map[record.Side]int{record.GHL: 1}, Person: 2, Elapsed: time.Second}, d.note("sync %s %s %s", pair, o.Only, o.Record)
}

func (d *double) Mapping(_ context.Context, pair string) ([]operate.MappingRow, error) {
	return []operate.MappingRow{{Kind: record.Contact, Name: "email", GHL: "email", Commonsku: "contact.email", Direction: "both"}}, d.note("mapping %s", pair)
}

func (d *double) Catalog(context.Context) ([]operate.CatalogItem, error) {
	return []operate.CatalogItem{{ID: "ghl.contacts.get", System: record.GHL, Kind: "action", Method: "GET", Path: "/contacts/{id}", Scopes: []string{"contacts.readonly"}, Working: true}}, d.note("catalog")
}
