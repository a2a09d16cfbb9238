package store

import (
	"fmt"
	"strconv"

	"tandem/internal/record"
)

// LinkKey is the work key of a linked record.
func LinkKey(id int64) string { return "link:" + strconv.FormatInt(id, 10) }

// laneMax is the last lane, backfill.
const laneMax = 2

// Mark makes something dirty or due. A Ref that is linked marks its link's row. Marks of one key fold: the version
// counts them, the least lane and the least due time win, the last WaitsFor and Cause stand. A mark that comes while the
// row runs sets the due time of the next run. not_before is not touched: no mark cuts a backoff short.
func (tx *Tx) Mark(m Mark) error {
	if m.Ref.IsZero() == (m.Key == "") {
		return fmt.Errorf("mark of %q: want a ref or a key", m.Key)
	}
	if m.Lane < 0 || m.Lane > laneMax {
		return fmt.Errorf("mark of %s%s: lane %d", m.Key, m.Ref.ID, m.Lane)
	}
	if m.WaitsFor != "" {
		still, err := tx.unlinked(m.Pair, m.WaitsFor)
		if err != nil {
			return err
		}
		if !still {
			m.WaitsFor = ""
		}
	}
	if m.Ref.IsZero() {
		return tx.markKey(m, m.Key)
	}
	if done, err := tx.markLink(m); done || err != nil {
		return err
	}
	if err := tx.markKey(m, m.Ref.String()); err != nil || !tx.postgres {
		return err
	}
	// Another transaction may have linked the record between the look and the write. It first writes the row of each
	// record, so the write above waited for it, and what it committed can be seen now.
	id, linked, err := tx.linkIDOf(m.Pair, m.Ref)
	if err != nil || !linked {
		return err
	}
	return tx.fold(m.Pair, LinkKey(id), m.Ref.String())
}

// markLink marks the link's row if the record has a link.
func (tx *Tx) markLink(m Mark) (bool, error) {
	id, linked, err := tx.linkIDOf(m.Pair, m.Ref)
	if err != nil || !linked {
		return false, err
	}
	return true, tx.markKey(m, LinkKey(id))
}

func (tx *Tx) markKey(m Mark, key string) error {
	now := us(tx.now())
	due := us(m.DueAt)
	if due == 0 {
		due = now
	}
	ready := due
	if m.WaitsFor != "" {
		ready = endOfTime
	}
	tx.eff.work = true
	_, err := tx.exec(tx.markText(), m.Pair, key, m.Lane, due, ready, m.WaitsFor, now, m.Cause)
	return err
}

// markText: a running row keeps its ready_at, which is its lease, and its due_at, which was served by being claimed.
func (tx *Tx) markText() string {
	if tx.postgres {
		return markPostgres
	}
	return markSQLite
}

const (
	markSQLite   = markHead + `lane = min(work.lane, excluded.lane), due_at = case when work.owner <> '' then work.due_at else min(work.due_at, excluded.due_at) end, ready_at = case when work.owner <> '' then work.ready_at when excluded.waits_for <> '' then excluded.ready_at else max(min(work.due_at, excluded.due_at), work.not_before) end`
	markPostgres = markHead + `lane = least(work.lane, excluded.lane), due_at = case when work.owner <> '' then work.due_at else least(work.due_at, excluded.due_at) end, ready_at = case when work.owner <> '' then work.ready_at when excluded.waits_for <> '' then excluded.ready_at else greatest(least(work.due_at, excluded.due_at), work.not_before) end`
	markHead     = `insert into work (pair, key, lane, version, due_at, ready_at, waits_for, marked_at, cause)
		values (?, ?, ?, 1, ?, ?, ?, ?, ?)
		on conflict (pair, key) do update set version = work.version + 1, waits_for = excluded.waits_for, cause = excluded.cause,
		next_due_at = case when work.owner = '' then 0
			when work.next_due_at > 0 and work.next_due_at < excluded.due_at then work.next_due_at else excluded.due_at end,
		next_marked_at = case when work.owner = '' then 0
			when work.next_marked_at > 0 then work.next_marked_at else excluded.marked_at end, `
)

// lockRef keeps two transactions on PostgreSQL from linking a record and beginning to wait for it at once.
func (tx *Tx) lockRef(pair string, ref record.Ref) error {
	if !tx.postgres || tx.readOnly {
		return nil
	}
	_, err := tx.exec(`select pg_advisory_xact_lock(hashtextextended(?, 0))`, pair+"\x1f"+ref.String())
	return err
}
