package store

import (
	"time"

	"tandem/internal/record"
)

// Grant stores allowances: each lets one later event pass.
func (tx *Tx) Grant(list ...Allowance) error {
	sets := make([][]any, len(list))
	for i, a := range list {
		sets[i] = []any{a.Pair, string(a.Ref.Side), string(a.Ref.Kind), a.Ref.ID, a.EventType, us(a.ExpiresAt)}
	}
	return tx.each(`insert into allowance (pair, side, kind, ref_id, event_type, expires_at) values (?, ?, ?, ?, ?, ?)`, sets)
}

// Swallow spends one allowance for an event of that type about ref, the one that ends first; false if none is open.
func (tx *Tx) Swallow(pair string, ref record.Ref, eventType string, now time.Time) (bool, error) {
	lock := ""
	if tx.postgres {
		lock = ` for update skip locked` // two events at once spend two, not one twice
	}
	n, err := tx.exec(`delete from allowance where id in (select id from allowance where pair = ? and side = ? and kind = ?
		and ref_id = ? and event_type = ? and expires_at > ? order by expires_at, id limit 1`+lock+`)`,
		pair, string(ref.Side), string(ref.Kind), ref.ID, eventType, us(now))
	return n > 0, err
}

// PruneAllowances forgets what ended before now and returns how many.
func (tx *Tx) PruneAllowances(now time.Time) (int, error) {
	n, err := tx.exec(`delete from allowance where expires_at <= ?`, us(now))
	return int(n), err
}
