package store

import (
	"encoding/json"
	"fmt"
)

// Bases is the base document of a link; nil if it has none yet.
func (tx *Tx) Bases(linkID int64) (Bases, error) {
	var doc []byte
	found, err := tx.row(`select doc from base where link_id = ?`, []any{linkID}, &doc)
	if err != nil || !found {
		return nil, err
	}
	var b Bases
	if err := json.Unmarshal(doc, &b); err != nil {
		return nil, fmt.Errorf("base of link %d: %w", linkID, err)
	}
	return b, nil
}

// PutBases replaces the base document of a link.
func (tx *Tx) PutBases(linkID int64, b Bases) error {
	if b == nil {
		b = Bases{}
	}
	doc, err := document(b)
	if err != nil {
		return err
	}
	_, err = tx.exec(`insert into base (link_id, doc) values (?, ?) on conflict (link_id) do update set doc = excluded.doc`,
		linkID, doc)
	return err
}
