package store

import (
	"time"

	"tandem/internal/record"
)

// endOfTime is the ready_at of a row that waits for another record: no clock gets there.
const endOfTime = int64(1)<<62 - 1

const workColumns = `pair, key, lane, version, due_at, not_before, attempts, waits_for, marked_at, cause, last_error, owner, lease`

func scanWork(r scanner) (w Work, err error) {
	var due, notBefore, marked, lease int64
	err = r.Scan(&w.Pair, &w.Key, &w.Lane, &w.Version, &due, &notBefore, &w.Attempts, &w.WaitsFor, &marked, &w.Cause,
		&w.LastError, &w.Owner, &lease)
	w.DueAt, w.NotBefore, w.MarkedAt, w.Lease = at(due), at(notBefore), at(marked), at(lease)
	return w, err
}

// Hold checks that w is still held by its owner token and keeps others from taking it until the transaction ends.
// ErrLeaseLost if not. It follows the token, not the key: a row that was folded into its link's row is still held.
func (tx *Tx) Hold(w Work) error {
	text := `select 1 from work where owner = ? and owner <> ''`
	if tx.postgres && !tx.readOnly {
		text += ` for update`
	}
	var one int
	found, err := tx.row(text, []any{w.Owner}, &one)
	if err == nil && !found {
		err = ErrLeaseLost
	}
	if err == nil {
		tx.held = w.Owner
	}
	return err
}

// Renew moves the end of w's lease to until, unless it is later already. ErrLeaseLost if w is no longer held.
func (tx *Tx) Renew(w Work, until time.Time) error {
	t := us(until)
	return tx.owned(tx.exec(`update work set lease = `+tx.greatest("lease", "?")+`, ready_at = `+tx.greatest("ready_at", "?")+`
		where owner = ? and owner <> ''`, t, t, w.Owner))
}

// Done ends a successful run: the row goes, unless it was marked since it was claimed; then it is free to run again at
// the due time of those marks (I8). ErrLeaseLost if w is no longer held.
func (tx *Tx) Done(w Work) error {
	n, err := tx.exec(`delete from work where owner = ? and owner <> '' and version = ?`, w.Owner, w.Version)
	if err != nil || n > 0 {
		return err
	}
	tx.eff.work = true
	return tx.owned(tx.exec(`update work set owner = '', lease = 0, attempts = 0, last_error = '', not_before = 0,
		due_at = `+nextDue+`, marked_at = `+nextMarked+`, next_due_at = 0, next_marked_at = 0,
		ready_at = case when waits_for <> '' then `+never+` else `+nextDue+` end
		where owner = ? and owner <> ''`, w.Owner))
}

// What marks left that came while the row ran; a row that was folded has none of its own.
const (
	nextDue    = `case when next_due_at > 0 then next_due_at else due_at end`
	nextMarked = `case when next_marked_at > 0 then next_marked_at else marked_at end`
	never      = `4611686018427387903` // endOfTime
)

// Retry ends a failed run: one attempt more, and not before notBefore whatever marks come (semantics, "Mailbox").
// ErrLeaseLost if w is no longer held.
func (tx *Tx) Retry(w Work, notBefore time.Time, lastErr string) error {
	t := us(notBefore)
	tx.eff.work = true
	return tx.owned(tx.exec(`update work set owner = '', lease = 0, attempts = attempts + 1, last_error = ?, not_before = ?,
		ready_at = `+tx.greatest("due_at", "?")+` where owner = ? and owner <> ''`, lastErr, t, t, w.Owner))
}

// Defer ends a run that found nothing wrong but cannot go on now; no attempt is counted. With waitsFor (the String of an
// unlinked parent's record.Ref) the row cannot be claimed until that record is linked or the row is marked again; if the
// parent is linked already, or the row was marked during the run, it is free at notBefore. ErrLeaseLost if not held.
func (tx *Tx) Defer(w Work, notBefore time.Time, waitsFor string) error {
	if waitsFor != "" {
		still, err := tx.unlinked(w.Pair, waitsFor)
		if err != nil {
			return err
		}
		if !still {
			waitsFor = ""
		}
	}
	t := us(notBefore)
	tx.eff.work = true
	return tx.owned(tx.exec(`update work set owner = '', lease = 0, not_before = ?,
		waits_for = case when version = ? then ? else '' end,
		ready_at = case when version = ? and ? <> '' then `+never+` else `+tx.greatest("due_at", "?")+` end
		where owner = ? and owner <> ''`, t, w.Version, waitsFor, w.Version, waitsFor, t, w.Owner))
}

// unlinked says that a record has no link, and on PostgreSQL keeps it from getting one until this transaction ends, so
// that a row which begins to wait is seen by the transaction that ends its wait.
func (tx *Tx) unlinked(pair, ref string) (bool, error) {
	r, ok := record.ParseRef(ref)
	if !ok {
		return false, nil
	}
	if err := tx.lockRef(pair, r); err != nil {
		return false, err
	}
	_, linked, err := tx.LinkOf(pair, r)
	return !linked, err
}

// ClearWaits frees the rows that wait for a record. InsertLink does it for both of its records.
func (tx *Tx) ClearWaits(ref record.Ref, pair string) error {
	n, err := tx.exec(`update work set waits_for = '',
		ready_at = case when owner <> '' then ready_at else `+tx.greatest("due_at", "not_before")+` end
		where pair = ? and waits_for = ? and waits_for <> ''`, pair, ref.String())
	if n > 0 {
		tx.eff.work = true
	}
	return err
}

// ClearLeases frees all rows and identity locks. Right only where nobody can hold one: at the start on SQLite.
func (tx *Tx) ClearLeases() error {
	n, err := tx.exec(`update work set owner = '', lease = 0,
		ready_at = case when waits_for <> '' then ` + never + ` else ` + tx.greatest("due_at", "not_before") + ` end
		where owner <> ''`)
	if err != nil {
		return err
	}
	if n > 0 {
		tx.eff.work = true
	}
	_, err = tx.exec(`delete from identity_lock`)
	return err
}

// WorkByKey is the row with that key, whoever runs it.
func (tx *Tx) WorkByKey(pair, key string) (w Work, found bool, err error) {
	list, err := rows(tx, scanWork, `select `+workColumns+` from work where pair = ? and key = ?`, pair, key)
	if err != nil || len(list) == 0 {
		return w, false, err
	}
	return list[0], true, nil
}

// WorkCounts is the mailbox of a pair in figures. A row is counted once. Rows of the system ("sys:…": sweeps, polls)
// count only while due or running.
type WorkCounts struct {
	Pending int // due, or due later
	Running int
	Backoff int // held back by the loop: failed, deferred
	Waiting int // for another record
	// Oldest is the earliest instant since which a row is due and unserved, waiting ones left out; zero if none.
	Oldest time.Time
}

// WorkCounts counts the rows of a pair. It reads them all.
func (tx *Tx) WorkCounts(pair string) (c WorkCounts, err error) {
	now := us(tx.now())
	var oldest int64
	_, err = tx.row(`select
		count(case when state = 'pending' then 1 end), count(case when state = 'running' then 1 end),
		count(case when state = 'backoff' then 1 end), count(case when state = 'waiting' then 1 end),
		coalesce(min(case when state <> 'waiting' and since <= ? then since end), 0)
		from (select case when owner <> '' then 'running' when waits_for <> '' then 'waiting'
			when not_before > ? then 'backoff' else 'pending' end as state,
			case when due_at > marked_at then due_at else marked_at end as since
			from work where pair = ? and (key < 'sys:' or key >= 'sys;' or owner <> '' or ready_at <= ?)) t`,
		[]any{now, now, pair, now}, &c.Pending, &c.Running, &c.Backoff, &c.Waiting, &oldest)
	c.Oldest = at(oldest)
	return c, err
}

// owned turns "no row has that owner" into ErrLeaseLost.
func (tx *Tx) owned(n int64, err error) error {
	if err == nil && n == 0 {
		return ErrLeaseLost
	}
	return err
}

// greatest and least are the same function under two names; SQLite's have one form for rows and columns alike.
func (tx *Tx) greatest(a, b string) string {
	if tx.postgres {
		return "greatest(" + a + ", " + b + ")"
	}
	return "max(" + a + ", " + b + ")"
}
