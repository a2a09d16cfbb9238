package store

import (
	"context"
	"time"

	"tandem/internal/record"
)

// TakeQuota takes n calls out of a window's limit, which all processes share, and says whether there were so many (I9).
// A window that has ended by the store's clock begins anew and then ends at resetsAt. Calls taken by a process that died
// count as made.
func (tx *Tx) TakeQuota(pair string, side record.Side, window string, n, limit int, resetsAt time.Time) (ok bool, err error) {
	if n > limit {
		return false, nil
	}
	now := us(tx.now())
	taken, err := tx.exec(`insert into quota (pair, side, span, used, bound, resets_at) values (?, ?, ?, ?, ?, ?)
		on conflict (pair, side, span) do update set bound = excluded.bound,
		used = case when quota.resets_at <= ? then 0 else quota.used end + excluded.used,
		resets_at = case when quota.resets_at <= ? then excluded.resets_at else quota.resets_at end
		where case when quota.resets_at <= ? then 0 else quota.used end + excluded.used <= excluded.bound`,
		pair, string(side), window, n, limit, us(resetsAt), now, now, now)
	return taken > 0, err
}

// Quota is what was taken of one window.
type Quota struct {
	Pair     string
	Side     record.Side
	Window   string
	Used     int
	Limit    int // as the last taker knew it
	ResetsAt time.Time
}

// QuotaRows are the windows of a pair, by side and window, ended ones among them.
func (tx *Tx) QuotaRows(pair string) ([]Quota, error) {
	return rows(tx, func(r scanner) (q Quota, err error) {
		var side string
		var resets int64
		err = r.Scan(&q.Pair, &side, &q.Window, &q.Used, &q.Limit, &resets)
		q.Side, q.ResetsAt = record.Side(side), at(resets)
		return q, err
	}, `select pair, side, span, used, bound, resets_at from quota where pair = ? order by side, span`, pair)
}

// Ledger is one side's quotas of one pair, shared by all processes of the database. It satisfies budget.Ledger.
type Ledger struct {
	Store *Store
	Pair  string
	Side  record.Side
}

// Take is TakeQuota in a transaction of its own.
func (l Ledger) Take(ctx context.Context, window string, n, limit int, resetsAt time.Time) (ok bool, err error) {
	err = l.Store.Update(ctx, func(tx *Tx) (err error) {
		ok, err = tx.TakeQuota(l.Pair, l.Side, window, n, limit, resetsAt)
		return err
	})
	return ok && err == nil, err
}
