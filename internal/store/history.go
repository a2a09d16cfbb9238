package store

import (
	"encoding/json"
	"strings"
	"time"

	"tandem/internal/record"
)

const historyColumns = `id, pair, link_id, kind, ghl, commonsku, at, action, side, field, old, new, reason, run_id`

func scanEvent(r scanner) (e Event, err error) {
	var kind, side string
	var when int64
	var before, after []byte
	err = r.Scan(&e.ID, &e.Pair, &e.LinkID, &kind, &e.GHL, &e.Commonsku, &when, &e.Action, &side, &e.Field, &before, &after,
		&e.Reason, &e.RunID)
	if err != nil {
		return e, err
	}
	e.Kind, e.Side, e.At = record.Kind(kind), record.Side(side), at(when)
	if err := json.Unmarshal(before, &e.Old); err != nil {
		return e, err
	}
	return e, json.Unmarshal(after, &e.New)
}

// AddEvents adds to history; a zero At is now. History is only ever added to.
func (tx *Tx) AddEvents(list ...Event) error {
	sets := make([][]any, 0, len(list))
	for _, e := range list {
		before, err := document(e.Old)
		if err != nil {
			return err
		}
		after, err := document(e.New)
		if err != nil {
			return err
		}
		if e.At.IsZero() {
			e.At = tx.now()
		}
		sets = append(sets, []any{e.Pair, e.LinkID, string(e.Kind), e.GHL, e.Commonsku, us(e.At), e.Action, string(e.Side),
			e.Field, before, after, e.Reason, e.RunID})
	}
	return tx.each(`insert into history (pair, link_id, kind, ghl, commonsku, at, action, side, field, old, new, reason, run_id)
		values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`, sets)
}

// HistoryOf is what happened to one record, latest first: while it had no link, and all of its link's history, under
// whatever ids. cursor is the ID of the last event of the page before, 0 for the first page; limit 0: 100.
func (tx *Tx) HistoryOf(pair string, kind record.Kind, side record.Side, id string, cursor int64, limit int) ([]Event, error) {
	if id == "" {
		return nil, nil
	}
	if cursor == 0 {
		cursor = endOfTime
	}
	if limit <= 0 {
		limit = 100
	}
	linkID, _, err := tx.linkIDOf(pair, record.Ref{Side: side, Kind: kind, ID: id})
	if err != nil {
		return nil, err
	}
	column := "ghl"
	if side == record.Commonsku {
		column = "commonsku"
	}
	return rows(tx, scanEvent, `select `+historyColumns+` from (
		select * from history where link_id = ? and link_id <> 0 and id < ?
		union all
		select * from history where pair = ? and `+column+` = ? and kind = ? and link_id = 0 and id < ?) h
		order by id desc limit ?`, linkID, cursor, pair, id, string(kind), cursor, limit)
}

// RecentEvents is the history of a link since an instant, latest first.
func (tx *Tx) RecentEvents(linkID int64, since time.Time) ([]Event, error) {
	return rows(tx, scanEvent, `select `+historyColumns+` from history where link_id = ? and link_id <> 0 and at >= ?
		order by at desc, id desc`, linkID, us(since))
}

// WritesSince counts the fields that Tandem wrote to one side of a link since an instant: what freezes a record.
func (tx *Tx) WritesSince(linkID int64, side record.Side, since time.Time) (int, error) {
	return tx.count(`select count(*) from history where link_id = ? and link_id <> 0 and at >= ? and side = ?
		and action in ('updated', 'created')`, linkID, us(since), string(side))
}

// CountEvents counts what happened to a kind since an instant, of the given actions.
func (tx *Tx) CountEvents(pair string, kind record.Kind, actions []string, since time.Time) (int, error) {
	if len(actions) == 0 {
		return 0, nil
	}
	args := []any{pair, us(since), string(kind)}
	for _, a := range actions {
		args = append(args, a)
	}
	return tx.count(`select count(*) from history where pair = ? and at >= ? and kind = ?
		and action in (?`+strings.Repeat(", ?", len(actions)-1)+`)`, args...)
}

// EachEvent calls fn with what happened in a pair since an instant, in order, until it returns an error. fn may use the
// transaction.
func (tx *Tx) EachEvent(pair string, since time.Time, fn func(Event) error) error {
	from, last := us(since), int64(0)
	for {
		page, err := rows(tx, scanEvent, `select `+historyColumns+` from history where pair = ? and at >= ? and (at, id) > (?, ?)
			order by at, id limit ?`, pair, from, from, last, pageRows)
		if err != nil {
			return err
		}
		for _, e := range page {
			if err := fn(e); err != nil {
				return err
			}
		}
		if len(page) < pageRows {
			return nil
		}
		from, last = us(page[len(page)-1].At), page[len(page)-1].ID
	}
}
