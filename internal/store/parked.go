package store

import (
	"encoding/json"
	"fmt"
	"strings"

	"tandem/internal/record"
)

// parkedDoc is the part of Parked that is stored as JSON: what differs by why.
type parkedDoc struct {
	Base       record.Value    `json:"base"`
	GHL        record.Value    `json:"ghl"`
	Commonsku  record.Value    `json:"commonsku"`
	Candidates []Candidate     `json:"candidates,omitempty"`
	Class      string          `json:"class,omitempty"`
	Cause      string          `json:"cause,omitempty"`
	Mend       string          `json:"mend,omitempty"`
	Detail     json.RawMessage `json:"detail,omitempty"`
}

const parkedColumns = `id, pair, why, field, link_id, ref, key, doc, created_at, resolved_at, resolution`

func scanParked(r scanner) (p Parked, err error) {
	var ref string
	var doc []byte
	var created, resolved int64
	err = r.Scan(&p.ID, &p.Pair, &p.Why, &p.Field, &p.LinkID, &ref, &p.Key, &doc, &created, &resolved, &p.Resolution)
	if err != nil {
		return p, err
	}
	var d parkedDoc
	if err := json.Unmarshal(doc, &d); err != nil {
		return p, fmt.Errorf("parked %d: %w", p.ID, err)
	}
	p.Ref, _ = record.ParseRef(ref)
	p.Base, p.GHL, p.Commonsku, p.Candidates = d.Base, d.GHL, d.Commonsku, d.Candidates
	p.Class, p.Cause, p.Mend, p.Detail = d.Class, d.Cause, d.Mend, d.Detail
	p.CreatedAt, p.ResolvedAt = at(created), at(resolved)
	return p, nil
}

// refText is a ref as it is stored; "" for none.
func refText(r record.Ref) string {
	if r.IsZero() {
		return ""
	}
	return r.String()
}

// subject is what a parked row is about: the record, else the link, else the work row.
func subject(ref record.Ref, linkID int64, key string) string {
	switch {
	case !ref.IsZero():
		return ref.String()
	case linkID != 0:
		return LinkKey(linkID)
	}
	return key
}

// Park puts something before a person and sets p.ID. Parking the same again (pair, why, record, field) updates it: one
// that is open keeps its CreatedAt, one that was resolved opens again.
func (tx *Tx) Park(p *Parked) error {
	doc, err := document(parkedDoc{
		Base: p.Base, GHL: p.GHL, Commonsku: p.Commonsku, Candidates: p.Candidates, Class: p.Class, Cause: p.Cause,
		Mend: p.Mend, Detail: p.Detail,
	})
	if err != nil {
		return err
	}
	if p.CreatedAt.IsZero() {
		p.CreatedAt = tx.now()
	}
	_, err = tx.write(`insert into parked (pair, why, subject, field, link_id, ref, key, doc, created_at)
		values (?, ?, ?, ?, ?, ?, ?, ?, ?)
		on conflict (pair, why, subject, field) do update set link_id = excluded.link_id, ref = excluded.ref,
		key = excluded.key, doc = excluded.doc, resolved_at = 0, resolution = '',
		created_at = case when parked.resolved_at = 0 then parked.created_at else excluded.created_at end
		returning id`, []any{p.Pair, p.Why, subject(p.Ref, p.LinkID, p.Key), p.Field, p.LinkID, refText(p.Ref), p.Key, doc,
		us(p.CreatedAt)}, &p.ID)
	return err
}

// ParkedByID is one parked row; ErrNotFound if there is none.
func (tx *Tx) ParkedByID(id int64) (Parked, error) {
	list, err := rows(tx, scanParked, `select `+parkedColumns+` from parked where id = ?`, id)
	if err != nil {
		return Parked{}, err
	}
	if len(list) == 0 {
		return Parked{}, fmt.Errorf("parked %d: %w", id, ErrNotFound)
	}
	return list[0], nil
}

// ParkedFilter chooses parked rows; zero fields choose all.
type ParkedFilter struct {
	Pair     string
	Why      []string
	LinkID   int64
	Ref      record.Ref
	OpenOnly bool
	Cursor   int64 // the ID of the last row of the page before
	Limit    int   // 0: 100
}

// ParkedList is one page of parked rows, by id.
func (tx *Tx) ParkedList(f ParkedFilter) ([]Parked, error) {
	where, args := []string{"id > ?"}, []any{f.Cursor}
	add := func(cond string, arg any) { where, args = append(where, cond), append(args, arg) }
	if f.Pair != "" {
		add("pair = ?", f.Pair)
	}
	if len(f.Why) > 0 {
		where = append(where, "why in (?"+strings.Repeat(", ?", len(f.Why)-1)+")")
		for _, w := range f.Why {
			args = append(args, w)
		}
	}
	if f.LinkID != 0 {
		add("link_id = ? and link_id <> 0", f.LinkID)
	}
	if !f.Ref.IsZero() {
		add("ref = ?", f.Ref.String())
	}
	if f.OpenOnly {
		where = append(where, "resolved_at = 0")
	}
	if f.Limit <= 0 {
		f.Limit = 100
	}
	return rows(tx, scanParked, `select `+parkedColumns+` from parked where `+strings.Join(where, " and ")+` order by id limit ?`,
		append(args, f.Limit)...)
}

// Unpark resolves one open row; ErrNotFound if it does not exist or was resolved before.
func (tx *Tx) Unpark(id int64, resolution string) error {
	n, err := tx.exec(`update parked set resolved_at = ?, resolution = ? where id = ? and resolved_at = 0`,
		us(tx.now()), resolution, id)
	if err == nil && n == 0 {
		err = fmt.Errorf("parked %d: %w", id, ErrNotFound)
	}
	return err
}

// UnparkWhere resolves what is open for one record (a zero ref: for the whole pair) and one reason ("": all reasons).
// field is the mapping row, "" the record as a whole, "*" whichever.
func (tx *Tx) UnparkWhere(pair, why string, ref record.Ref, field, resolution string) error {
	where, args := `pair = ?`, []any{us(tx.now()), resolution, pair}
	if why != "" {
		where, args = where+` and why = ?`, append(args, why)
	}
	if !ref.IsZero() {
		where, args = where+` and subject = ?`, append(args, ref.String())
	}
	if field != "*" {
		where, args = where+` and field = ?`, append(args, field)
	}
	_, err := tx.exec(`update parked set resolved_at = ?, resolution = ? where resolved_at = 0 and `+where, args...)
	return err
}

// CountParked counts what is open in a pair, by why.
func (tx *Tx) CountParked(pair string) (map[string]int, error) {
	out := map[string]int{}
	_, err := rows(tx, func(r scanner) (struct{}, error) {
		var why string
		var n int
		err := r.Scan(&why, &n)
		out[why] = n
		return struct{}{}, err
	}, `select why, count(*) from parked where pair = ? and resolved_at = 0 group by why`, pair)
	return out, err
}
