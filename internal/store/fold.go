package store

import "fmt"

// fold joins the rows of unlinked records into their link's row: versions add up, so that a job which began before sees
// that there is more; least lane, least due time, oldest mark. One owner stays: the job on whose behalf this
// transaction runs, else whichever is running. Intents and parked questions of the records go along.
func (tx *Tx) fold(pair, into string, keys ...string) error {
	var all []foldRow
	for _, key := range append([]string{into}, keys...) {
		text := `select ` + workColumns + `, next_due_at, next_marked_at from work where pair = ? and key = ?`
		if tx.postgres {
			text += ` for update`
		}
		list, err := rows(tx, scanFold, text, pair, key)
		if err != nil {
			return err
		}
		all = append(all, list...)
		if len(list) > 0 && key != into {
			if _, err := tx.exec(`delete from work where pair = ? and key = ?`, pair, key); err != nil {
				return err
			}
		}
		if key != into {
			if err := tx.rekey(pair, into, key); err != nil {
				return err
			}
		}
	}
	if len(all) == 0 {
		return nil
	}
	folded := foldAll(all, tx.held)
	if folded.Version == 0 {
		return nil
	}
	return tx.putFolded(pair, into, folded)
}

// rekey moves what is remembered under an unlinked record's key to its link's.
func (tx *Tx) rekey(pair, into, key string) error {
	var id int64
	if _, err := fmt.Sscanf(into, "link:%d", &id); err != nil {
		return fmt.Errorf("folding into %q: %w", into, err)
	}
	if _, err := tx.exec(`update intent set key = ?, link_id = ? where pair = ? and key = ?`, into, id, pair, key); err != nil {
		return err
	}
	_, err := tx.exec(`update parked set key = ?, link_id = ? where pair = ? and key = ?`, into, id, pair, key)
	return err
}

type foldRow struct {
	Work
	nextDue, nextMarked int64
}

func scanFold(r scanner) (f foldRow, err error) {
	var due, notBefore, marked, lease int64
	err = r.Scan(&f.Pair, &f.Key, &f.Lane, &f.Version, &due, &notBefore, &f.Attempts, &f.WaitsFor, &marked, &f.Cause,
		&f.LastError, &f.Owner, &lease, &f.nextDue, &f.nextMarked)
	f.DueAt, f.NotBefore, f.MarkedAt, f.Lease = at(due), at(notBefore), at(marked), at(lease)
	return f, err
}

// foldAll is what becomes of several rows. Version 0 (a row written only to lock its key) adds nothing.
func foldAll(all []foldRow, held string) foldRow {
	out := foldRow{}
	runs := -1 // which row's owner stays
	for i, f := range all {
		if f.Owner != "" && (runs < 0 || f.Owner == held) {
			runs = i
		}
	}
	out.Lane = laneMax
	for i, f := range all {
		if f.Version == 0 {
			continue
		}
		out.Version += f.Version
		out.Lane = min(out.Lane, f.Lane)
		out.Cause = f.Cause
		if out.MarkedAt.IsZero() || f.MarkedAt.Before(out.MarkedAt) {
			out.MarkedAt = f.MarkedAt
		}
		if out.DueAt.IsZero() || f.DueAt.Before(out.DueAt) {
			out.DueAt = f.DueAt
		}
		// To the row that keeps running, the marks of the others are marks that came meanwhile.
		due, marked := us(f.DueAt), us(f.MarkedAt)
		if i == runs {
			due, marked = f.nextDue, f.nextMarked
		}
		if due > 0 && (out.nextDue == 0 || due < out.nextDue) {
			out.nextDue = due
		}
		if marked > 0 && (out.nextMarked == 0 || marked < out.nextMarked) {
			out.nextMarked = marked
		}
	}
	if runs < 0 {
		out.nextDue, out.nextMarked = 0, 0 // nothing runs: all is due by itself
		return out
	}
	r := all[runs]
	out.Owner, out.Lease, out.Attempts, out.LastError = r.Owner, r.Lease, r.Attempts, r.LastError
	return out
}

func (tx *Tx) putFolded(pair, key string, f foldRow) error {
	ready := us(f.DueAt)
	if f.Owner != "" {
		ready = us(f.Lease)
	}
	tx.eff.work = true
	_, err := tx.exec(`insert into work (pair, key, lane, version, due_at, ready_at, attempts, marked_at, next_due_at,
		next_marked_at, cause, last_error, owner, lease) values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
		on conflict (pair, key) do update set lane = excluded.lane, version = excluded.version, due_at = excluded.due_at,
		not_before = 0, ready_at = excluded.ready_at, attempts = excluded.attempts, waits_for = '',
		marked_at = excluded.marked_at, next_due_at = excluded.next_due_at, next_marked_at = excluded.next_marked_at,
		cause = excluded.cause, last_error = excluded.last_error, owner = excluded.owner, lease = excluded.lease`,
		pair, key, f.Lane, f.Version, us(f.DueAt), ready, f.Attempts, us(f.MarkedAt), f.nextDue, f.nextMarked, f.Cause,
		f.LastError, f.Owner, us(f.Lease))
	return err
}
