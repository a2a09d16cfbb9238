package app

import (
	"context"
	"time"

	"tandem/internal/budget"
	"tandem/internal/record"
	"tandem/internal/store"
)

// ledger shares a side's quota between the processes of one PostgreSQL. On SQLite there is only this one.
func (a *App) ledger(pair string, side record.Side) budget.Ledger {
	if a.store.Dialect() != store.Postgres {
		return nil
	}
	return sharedQuota{a.store, pair, side}
}

// sharedQuota is a budget.Ledger in the database.
type sharedQuota struct {
	store *store.Store
	pair  string
	side  record.Side
}

// Take adds n calls to a window, if the sum stays within limit.
func (q sharedQuota) Take(ctx context.Context, window string, n, limit int, resetsAt time.Time) (ok bool, err error) {
	err = q.store.Update(ctx, func(tx *store.Tx) (err error) {
		ok, err = tx.TakeQuota(q.pair, q.side, window, n, limit, resetsAt)
		return err
	})
	return ok, err
}
