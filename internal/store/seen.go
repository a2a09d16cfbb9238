package store

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"tandem/internal/record"
)

const seenColumns = `pair, side, kind, id, email, phone, name_key, company_key, parent_id, name, changed_at, created_at,
	gone_at, row_hash, seen_at`

func scanSeen(r scanner) (s Seen, err error) {
	var side, kind string
	var changed, created, gone, seen int64
	err = r.Scan(&s.Pair, &side, &kind, &s.Ref.ID, &s.Email, &s.Phone, &s.NameKey, &s.CompanyKey, &s.ParentID, &s.Name,
		&changed, &created, &gone, &s.RowHash, &seen)
	s.Ref.Side, s.Ref.Kind = record.Side(side), record.Kind(kind)
	s.ChangedAt, s.CreatedAt, s.GoneAt, s.SeenAt = at(changed), at(created), at(gone), at(seen)
	return s, err
}

// PutSeen stores what was shown of records, over what was known of them.
func (tx *Tx) PutSeen(list ...Seen) error {
	// One order for all, or two processes with overlapping pages lock each other out.
	list = slices.Clone(list)
	slices.SortStableFunc(list, func(a, b Seen) int {
		return cmp.Or(strings.Compare(a.Pair, b.Pair), strings.Compare(a.Ref.String(), b.Ref.String()))
	})
	sets := make([][]any, len(list))
	for i, s := range list {
		sets[i] = []any{s.Pair, string(s.Ref.Side), string(s.Ref.Kind), s.Ref.ID, s.Email, s.Phone, s.NameKey, s.CompanyKey,
			s.ParentID, s.Name, us(s.ChangedAt), us(s.CreatedAt), us(s.GoneAt), s.RowHash, us(s.SeenAt)}
	}
	return tx.each(`insert into seen (`+seenColumns+`) values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
			on conflict (pair, side, kind, id) do update set email = excluded.email, phone = excluded.phone,
			name_key = excluded.name_key, company_key = excluded.company_key, parent_id = excluded.parent_id,
			name = excluded.name, changed_at = excluded.changed_at, created_at = excluded.created_at,
			gone_at = excluded.gone_at, row_hash = excluded.row_hash, seen_at = excluded.seen_at`, sets)
}

// SeenOf is what is known of one record.
func (tx *Tx) SeenOf(pair string, ref record.Ref) (s Seen, found bool, err error) {
	list, err := rows(tx, scanSeen, `select `+seenColumns+` from seen where pair = ? and side = ? and kind = ? and id = ?`,
		pair, string(ref.Side), string(ref.Kind), ref.ID)
	if err != nil || len(list) == 0 {
		return s, false, err
	}
	return list[0], true, nil
}

// SeenByEmail are the records with a canonical e-mail, by id; none for "". Records gone are among them.
func (tx *Tx) SeenByEmail(pair string, side record.Side, kind record.Kind, email string) ([]Seen, error) {
	return tx.seenBy("email", pair, side, kind, email)
}

// SeenByPhone are the records with an E.164 phone, by id; none for "". Records gone are among them.
func (tx *Tx) SeenByPhone(pair string, side record.Side, kind record.Kind, phone string) ([]Seen, error) {
	return tx.seenBy("phone", pair, side, kind, phone)
}

// SeenByNameKey are the records with a folded name, by id; none for "". Records gone are among them.
func (tx *Tx) SeenByNameKey(pair string, side record.Side, kind record.Kind, nameKey string) ([]Seen, error) {
	return tx.seenBy("name_key", pair, side, kind, nameKey)
}

func (tx *Tx) seenBy(column, pair string, side record.Side, kind record.Kind, value string) ([]Seen, error) {
	if value == "" {
		return nil, nil
	}
	return rows(tx, scanSeen, `select `+seenColumns+` from seen where pair = ? and side = ? and kind = ? and `+column+` = ?
		and `+column+` <> '' order by id`, pair, string(side), string(kind), value)
}

// EachSeen calls fn with every record of a kind and side, by id, until it returns an error. fn may use the transaction.
func (tx *Tx) EachSeen(pair string, side record.Side, kind record.Kind, fn func(Seen) error) error {
	last := ""
	for {
		page, err := rows(tx, scanSeen, `select `+seenColumns+` from seen where pair = ? and side = ? and kind = ? and id > ?
			order by id limit ?`, pair, string(side), string(kind), last, pageRows)
		if err != nil {
			return err
		}
		for _, s := range page {
			if err := fn(s); err != nil {
				return err
			}
		}
		if len(page) < pageRows {
			return nil
		}
		last = page[len(page)-1].Ref.ID
	}
}

// SeenBefore are the records, not known to be gone, that nothing has shown since t: what a complete walk begun at t did
// not meet.
func (tx *Tx) SeenBefore(pair string, side record.Side, kind record.Kind, t time.Time) ([]record.Ref, error) {
	return rows(tx, func(r scanner) (record.Ref, error) {
		ref := record.Ref{Side: side, Kind: kind}
		return ref, r.Scan(&ref.ID)
	}, `select id from seen where pair = ? and side = ? and kind = ? and seen_at < ? and gone_at = 0 order by id`,
		pair, string(side), string(kind), us(t))
}

// MarkGone notes when a record was found gone; zero: it is there again. A record never seen is noted all the same.
func (tx *Tx) MarkGone(pair string, ref record.Ref, when time.Time) error {
	_, err := tx.exec(`insert into seen (pair, side, kind, id, gone_at, seen_at) values (?, ?, ?, ?, ?, ?)
		on conflict (pair, side, kind, id) do update set gone_at = excluded.gone_at`,
		pair, string(ref.Side), string(ref.Kind), ref.ID, us(when), us(tx.now()))
	return err
}
