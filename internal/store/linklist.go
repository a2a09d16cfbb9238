package store

import (
	"strings"

	"tandem/internal/record"
)

// LinkFilter chooses links; zero fields choose all.
type LinkFilter struct {
	Kind            record.Kind
	GHL, Commonsku  string // an id there
	CommonskuParent string
	State           LinkState
	Why             string // not in step for that reason; "*": for any
	Cursor          int64  // the ID of the last link of the page before
	Limit           int    // 0: 100
}

// Links is one page of a pair's links, by id.
func (tx *Tx) Links(pair string, f LinkFilter) ([]Link, error) {
	where, args := []string{"pair = ?", "id > ?"}, []any{pair, f.Cursor}
	add := func(cond string, arg any) { where, args = append(where, cond), append(args, arg) }
	if f.Kind != "" {
		add("kind = ?", string(f.Kind))
	}
	if f.GHL != "" {
		add("ghl = ? and ghl <> ''", f.GHL)
	}
	if f.Commonsku != "" {
		add("commonsku = ? and commonsku <> ''", f.Commonsku)
	}
	if f.CommonskuParent != "" {
		add("commonsku_parent = ? and commonsku_parent <> ''", f.CommonskuParent)
	}
	if f.State != "" {
		add("state = ?", string(f.State))
	}
	switch f.Why {
	case "":
	case "*":
		where = append(where, "why <> ''")
	default:
		add("why = ?", f.Why)
	}
	if f.Limit <= 0 {
		f.Limit = 100
	}
	return rows(tx, scanLink, `select `+linkColumns+` from link where `+strings.Join(where, " and ")+` order by id limit ?`,
		append(args, f.Limit)...)
}

// CountLinks counts the live links of a kind; what a delete guard's percentage is of.
func (tx *Tx) CountLinks(pair string, kind record.Kind) (int, error) {
	return tx.count(`select count(*) from link where pair = ? and kind = ? and state = ?`, pair, string(kind), string(Live))
}

// pageRows is how many rows are read at once by what walks a whole table.
const pageRows = 500

// EachLink calls fn with every link of a kind, by id, until it returns an error. fn may use the transaction.
func (tx *Tx) EachLink(pair string, kind record.Kind, fn func(Link) error) error {
	f := LinkFilter{Kind: kind, Limit: pageRows}
	for {
		page, err := tx.Links(pair, f)
		if err != nil {
			return err
		}
		for _, l := range page {
			if err := fn(l); err != nil {
				return err
			}
		}
		if len(page) < pageRows {
			return nil
		}
		f.Cursor = page[len(page)-1].ID
	}
}
