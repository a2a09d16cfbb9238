package store

import (
	"strings"
)

// PairState is what outlasts a restart of a pair. In an Update on PostgreSQL the row is locked, so that what is read may
// be changed and written back.
func (tx *Tx) PairState(name string) (s PairState, found bool, err error) {
	text := `select name, region, live, reasons, last_sweep, last_full_sweep, rows_hash from pair_state where name = ?`
	if tx.postgres && !tx.readOnly {
		text += ` for update`
	}
	list, err := rows(tx, scanPair, text, name)
	if err != nil || len(list) == 0 {
		return s, false, err
	}
	return list[0], true, nil
}

func scanPair(r scanner) (s PairState, err error) {
	var live, sweep, full int64
	var reasons string
	err = r.Scan(&s.Name, &s.Region, &live, &reasons, &sweep, &full, &s.RowsHash)
	s.Live, s.LastSweep, s.LastFullSweep = live != 0, at(sweep), at(full)
	if reasons != "" {
		s.Reasons = strings.Split(reasons, ",")
	}
	return s, err
}

// PutPairState stores a pair's state. What was held back by it may be claimable now: the queue is woken.
func (tx *Tx) PutPairState(s PairState) error {
	tx.eff.work = true
	_, err := tx.exec(`insert into pair_state (name, region, live, reasons, last_sweep, last_full_sweep, rows_hash)
		values (?, ?, ?, ?, ?, ?, ?) on conflict (name) do update set region = excluded.region, live = excluded.live,
		reasons = excluded.reasons, last_sweep = excluded.last_sweep, last_full_sweep = excluded.last_full_sweep,
		rows_hash = excluded.rows_hash`, s.Name, s.Region, flag(s.Live), strings.Join(s.Reasons, ","), us(s.LastSweep),
		us(s.LastFullSweep), s.RowsHash)
	return err
}
