package store

import (
	"encoding/json"

	"tandem/internal/record"
)

const intentColumns = `id, pair, key, link_id, side, kind, ref_id, verb, fields, parent, fingerprint, state, created_at,
	sent_at, looks, looked_at, run_id`

func scanIntent(r scanner) (in Intent, err error) {
	var side, kind, fields, parent, state string
	var created, sent, looked int64
	err = r.Scan(&in.ID, &in.Pair, &in.Key, &in.LinkID, &side, &kind, &in.Ref.ID, &in.Verb, &fields, &parent, &in.Fingerprint,
		&state, &created, &sent, &in.Looks, &looked, &in.RunID)
	if err != nil {
		return in, err
	}
	in.Ref.Side, in.Ref.Kind, in.State = record.Side(side), record.Kind(kind), IntentState(state)
	in.Parent, _ = record.ParseRef(parent)
	in.CreatedAt, in.SentAt, in.LookedAt = at(created), at(sent), at(looked)
	if fields != "" {
		err = json.Unmarshal([]byte(fields), &in.Fields)
	}
	return in, err
}

// PutIntent stores an intent: a new one if its ID is 0, which it sets; else over the old one.
func (tx *Tx) PutIntent(in *Intent) error {
	fields := ""
	if len(in.Fields) > 0 {
		var err error
		if fields, err = document(in.Fields); err != nil {
			return err
		}
	}
	parent := ""
	if !in.Parent.IsZero() {
		parent = in.Parent.String()
	}
	args := []any{in.Pair, in.Key, in.LinkID, string(in.Ref.Side), string(in.Ref.Kind), in.Ref.ID, in.Verb, fields, parent,
		in.Fingerprint, string(in.State), us(in.CreatedAt), us(in.SentAt), in.Looks, us(in.LookedAt), in.RunID}
	if in.ID == 0 {
		_, err := tx.write(`insert into intent (pair, key, link_id, side, kind, ref_id, verb, fields, parent, fingerprint, state,
			created_at, sent_at, looks, looked_at, run_id) values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) returning id`,
			args, &in.ID)
		return err
	}
	n, err := tx.exec(`update intent set pair = ?, key = ?, link_id = ?, side = ?, kind = ?, ref_id = ?, verb = ?, fields = ?,
		parent = ?, fingerprint = ?, state = ?, created_at = ?, sent_at = ?, looks = ?, looked_at = ?, run_id = ? where id = ?`,
		append(args, in.ID)...)
	if err == nil && n == 0 {
		err = ErrNotFound
	}
	return err
}

// IntentsOf are the intents of one work row, oldest first.
func (tx *Tx) IntentsOf(pair, key string) ([]Intent, error) {
	return rows(tx, scanIntent, `select `+intentColumns+` from intent where pair = ? and key = ? order by id`, pair, key)
}

// IntentsAbout are the intents to write one record that exists, oldest first.
func (tx *Tx) IntentsAbout(pair string, ref record.Ref) ([]Intent, error) {
	if ref.IsZero() {
		return nil, nil
	}
	return rows(tx, scanIntent, `select `+intentColumns+` from intent where pair = ? and side = ? and kind = ? and ref_id = ?
		order by id`, pair, string(ref.Side), string(ref.Kind), ref.ID)
}

// OpenCreates are the creates that were sent to a side and whose consequences are not stored yet, oldest first.
func (tx *Tx) OpenCreates(pair string, side record.Side, kind record.Kind) ([]Intent, error) {
	return rows(tx, scanIntent, `select `+intentColumns+` from intent where pair = ? and side = ? and kind = ? and ref_id = ''
		and state = ? order by id`, pair, string(side), string(kind), string(IntentSent))
}

// OpenIntents are all intents of a pair, oldest first.
func (tx *Tx) OpenIntents(pair string) ([]Intent, error) {
	return rows(tx, scanIntent, `select `+intentColumns+` from intent where pair = ? order by id`, pair)
}

// CountIntents counts the intents of a pair.
func (tx *Tx) CountIntents(pair string) (int, error) {
	return tx.count(`select count(*) from intent where pair = ?`, pair)
}

// DeleteIntent closes an intent; in the transaction that stores its consequences (I12).
func (tx *Tx) DeleteIntent(id int64) error {
	_, err := tx.exec(`delete from intent where id = ?`, id)
	return err
}
