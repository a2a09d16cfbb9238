package api

import (
	"context"

	"tandem/internal/operate"
	"tandem/internal/plan"
	"tandem/internal/record"
)

// Operator is what the API asks for. *operate.Service satisfies it, and so does *client.Client, which speaks to this
// API: the one is tested against the other. Refusals are *operate.Error; any other error is answered 500 without detail.
type Operator interface {
	Pairs(ctx context.Context) ([]operate.Pair, error)
	Pair(ctx context.Context, pair string) (operate.Pair, error)
	// Sweep asks for a reconciliation and returns at once; the pair is not idle from then on.
	Sweep(ctx context.Context, pair string, full bool) error
	Pause(ctx context.Context, pair string) error
	Resume(ctx context.Context, pair string) error

	Links(ctx context.Context, pair string, q operate.LinkQuery) (operate.LinkPage, error)
	// History of one record of one side, newest first. An empty pair means whichever pair has it.
	History(ctx context.Context, ref record.Ref, q operate.ListQuery) (operate.HistoryPage, error)
	Explain(ctx context.Context, query string) (operate.Explanation, error)

	Conflicts(ctx context.Context, q operate.ListQuery) (operate.ConflictPage, error)
	// ResolveConflict re-reads both sides: Moved, with the values that hold now, if either differs from what was shown.
	ResolveConflict(ctx context.Context, id int64, r operate.Resolution) error
	Errors(ctx context.Context, q operate.ListQuery) (operate.ErrorPage, error)
	Replay(ctx context.Context, id int64) error
	Discard(ctx context.Context, id int64, reason string) error
	Asks(ctx context.Context, q operate.ListQuery) (operate.AskPage, error)
	Decide(ctx context.Context, id int64, d operate.Decision) error
	Held(ctx context.Context, pair string, q operate.ListQuery) (operate.HeldPage, error)
	ApproveHeld(ctx context.Context, pair string) (operate.HeldOutcome, error)
	DiscardHeld(ctx context.Context, pair string) (operate.HeldOutcome, error)

	// Match, Plan and Sync may take minutes; they end with ctx.
	Match(ctx context.Context, pair string) (operate.MatchReport, error)
	ApplyMatch(ctx context.Context, pair string, rows []operate.MatchRow) (operate.MatchOutcome, error)
	Plan(ctx context.Context, pair string, o operate.SyncOptions) (plan.Plan, error)
	Sync(ctx context.Context, pair string, o operate.SyncOptions) (operate.SyncReport, error)
	Mapping(ctx context.Context, pair string) ([]operate.MappingRow, error)
	Catalog(ctx context.Context) ([]operate.CatalogItem, error)
}
