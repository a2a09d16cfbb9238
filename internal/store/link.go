package store

import (
	"encoding/json"
	"fmt"

	"tandem/internal/record"
)

const linkColumns = `id, pair, kind, ghl, commonsku, ghl_parent, commonsku_parent, state, ghl_changed, commonsku_changed,
	created_at, synced_at, why, why_detail, meta`

func scanLink(r scanner) (l Link, err error) {
	var kind, state, meta string
	var ghlChanged, commonskuChanged, created, synced int64
	err = r.Scan(&l.ID, &l.Pair, &kind, &l.GHL, &l.Commonsku, &l.GHLParent, &l.CommonskuParent, &state, &ghlChanged,
		&commonskuChanged, &created, &synced, &l.Why, &l.WhyDetail, &meta)
	if err != nil {
		return l, err
	}
	l.Kind, l.State = record.Kind(kind), LinkState(state)
	l.GHLChanged, l.CommonskuChanged, l.CreatedAt, l.SyncedAt = at(ghlChanged), at(commonskuChanged), at(created), at(synced)
	if meta != "" {
		err = json.Unmarshal([]byte(meta), &l.Meta)
	}
	return l, err
}

func metaText(m map[string]string) (string, error) {
	if len(m) == 0 {
		return "", nil
	}
	return document(m)
}

// Link is the link with that id; ErrNotFound if there is none.
func (tx *Tx) Link(id int64) (Link, error) {
	list, err := rows(tx, scanLink, `select `+linkColumns+` from link where id = ?`, id)
	if err != nil {
		return Link{}, err
	}
	if len(list) == 0 {
		return Link{}, fmt.Errorf("link %d: %w", id, ErrNotFound)
	}
	return list[0], nil
}

// LinkOf is the link of one record, tombstones included.
func (tx *Tx) LinkOf(pair string, ref record.Ref) (l Link, found bool, err error) {
	if ref.IsZero() {
		return l, false, nil
	}
	list, err := rows(tx, scanLink, `select `+linkColumns+` from link where pair = ? and kind = ? and `+sideColumn(ref.Side),
		pair, string(ref.Kind), ref.ID)
	if err != nil || len(list) == 0 {
		return l, false, err
	}
	return list[0], true, nil
}

func (tx *Tx) linkIDOf(pair string, ref record.Ref) (id int64, found bool, err error) {
	if ref.IsZero() {
		return 0, false, nil
	}
	found, err = tx.row(`select id from link where pair = ? and kind = ? and `+sideColumn(ref.Side),
		[]any{pair, string(ref.Kind), ref.ID}, &id)
	return id, found, err
}

// sideColumn is the condition that a side's id is the parameter; the second half lets SQLite use the partial index.
func sideColumn(s record.Side) string {
	if s == record.Commonsku {
		return `commonsku = ? and commonsku <> ''`
	}
	return `ghl = ? and ghl <> ''`
}

// InsertLink joins two records, or reserves one side's while the other is being made, and sets l.ID. In the same
// transaction the work rows of both are folded into the link's row and the rows that waited for either are freed. A
// caller that holds one of those rows keeps it: call Hold first. ErrLinked if either record has a link (I2).
func (tx *Tx) InsertLink(l *Link) error {
	refs := l.refs()
	if len(refs) == 0 {
		return fmt.Errorf("link of nothing in pair %s", l.Pair)
	}
	for _, ref := range refs {
		if err := tx.lockRef(l.Pair, ref); err != nil {
			return err
		}
	}
	if l.CreatedAt.IsZero() {
		l.CreatedAt = tx.now()
	}
	if l.State == "" {
		l.State = Live
	}
	meta, err := metaText(l.Meta)
	if err != nil {
		return err
	}
	found, err := tx.write(`insert into link (pair, kind, ghl, commonsku, ghl_parent, commonsku_parent, state, ghl_changed,
		commonsku_changed, created_at, synced_at, why, why_detail, meta) values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
		on conflict do nothing returning id`, []any{l.Pair, string(l.Kind), l.GHL, l.Commonsku, l.GHLParent, l.CommonskuParent,
		string(l.State), us(l.GHLChanged), us(l.CommonskuChanged), us(l.CreatedAt), us(l.SyncedAt), l.Why, l.WhyDetail, meta}, &l.ID)
	if err != nil {
		return err
	}
	if !found {
		return fmt.Errorf("%s %q and %q: %w", l.Kind, l.GHL, l.Commonsku, ErrLinked)
	}
	return tx.foldInto(*l, refs)
}

// foldInto brings what was kept for unlinked records under their link.
func (tx *Tx) foldInto(l Link, refs []record.Ref) error {
	keys := make([]string, len(refs))
	for i, ref := range refs {
		keys[i] = ref.String()
		if tx.postgres {
			// A row of version 0 makes a Mark of this record that runs now wait, and look again when this is committed.
			if _, err := tx.exec(`insert into work (pair, key, lane, version, due_at, ready_at, marked_at)
				values (?, ?, 2, 0, 0, `+never+`, 0) on conflict do nothing`, l.Pair, keys[i]); err != nil {
				return err
			}
		}
		if err := tx.ClearWaits(ref, l.Pair); err != nil {
			return err
		}
	}
	return tx.fold(l.Pair, LinkKey(l.ID), keys...)
}

func (l Link) refs() []record.Ref {
	var out []record.Ref
	if l.GHL != "" {
		out = append(out, record.Ref{Side: record.GHL, Kind: l.Kind, ID: l.GHL})
	}
	if l.Commonsku != "" {
		out = append(out, record.Ref{Side: record.Commonsku, Kind: l.Kind, ID: l.Commonsku})
	}
	return out
}

// UpdateLink stores a link as it is. An id that it did not have before brings that record's work along, as InsertLink
// does. ErrNotFound, or ErrLinked if an id is another link's (I2).
func (tx *Tx) UpdateLink(l Link) error {
	meta, err := metaText(l.Meta)
	if err != nil {
		return err
	}
	var ghl, commonsku string
	text := `select ghl, commonsku from link where id = ?`
	if tx.postgres {
		text += ` for update`
	}
	found, err := tx.row(text, []any{l.ID}, &ghl, &commonsku)
	if err != nil {
		return err
	}
	if !found {
		return fmt.Errorf("link %d: %w", l.ID, ErrNotFound)
	}
	var gained []record.Ref
	for _, ref := range l.refs() {
		if ref.Side == record.GHL && ref.ID != ghl || ref.Side == record.Commonsku && ref.ID != commonsku {
			if err := tx.lockRef(l.Pair, ref); err != nil {
				return err
			}
			if _, taken, err := tx.linkIDOf(l.Pair, ref); err != nil {
				return err
			} else if taken {
				return fmt.Errorf("%s: %w", ref, ErrLinked)
			}
			gained = append(gained, ref)
		}
	}
	_, err = tx.exec(`update link set ghl = ?, commonsku = ?, ghl_parent = ?, commonsku_parent = ?, state = ?, ghl_changed = ?,
		commonsku_changed = ?, synced_at = ?, why = ?, why_detail = ?, meta = ? where id = ?`,
		l.GHL, l.Commonsku, l.GHLParent, l.CommonskuParent, string(l.State), us(l.GHLChanged), us(l.CommonskuChanged),
		us(l.SyncedAt), l.Why, l.WhyDetail, meta, l.ID)
	if err != nil || len(gained) == 0 {
		return err
	}
	return tx.foldInto(l, gained)
}

// DeleteLink forgets a link with its base and its work. Its history stays, found by the ids of its records.
func (tx *Tx) DeleteLink(id int64) error {
	for _, text := range [...]string{
		`delete from link where id = ?`, `delete from base where link_id = ?`,
		`update history set link_id = 0 where link_id = ? and link_id <> 0`,
	} {
		if _, err := tx.exec(text, id); err != nil {
			return err
		}
	}
	_, err := tx.exec(`delete from work where key = ?`, LinkKey(id))
	return err
}
