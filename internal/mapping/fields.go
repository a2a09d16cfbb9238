package mapping

import (
	"context"
	"fmt"
	"strings"

	"tandem/internal/merge"
	"tandem/internal/record"
)

// Problem is a row that cannot be read; it is left out of the fields, and the rest goes on.
type Problem struct {
	Row string
	Err error
}

// Fields reads both records of v row by row, ready to merge, in the order of the table: those rows whose owner in
// commonsku is the kind of v.Commonsku. ChangedAt is the change time of the record where the side tells one; who keeps
// better times, open conflicts and decisions sets them afterwards.
func (t Table) Fields(ctx context.Context, v View) ([]merge.Field, []Problem) {
	rd := t.newReader(v)
	var problems []Problem
	out := make([]merge.Field, 0, len(t.Rows))
	at := make(map[string]int, len(t.Rows))
	for _, row := range t.Rows {
		if row.Commonsku.Owner != v.Commonsku.Ref.Kind {
			continue
		}
		f, ok, err := rd.field(ctx, row)
		if err != nil {
			problems = append(problems, Problem{row.Name, err})
			continue
		}
		if ok {
			at[row.Name] = len(out)
			out = append(out, f)
		}
	}
	for _, g := range t.sets {
		rd.share(t, g, out, at)
	}
	return out, problems
}

// field reads one row; ok is false for a special row that nobody reads.
func (rd reader) field(ctx context.Context, row Row) (f merge.Field, ok bool, err error) {
	f = merge.Field{Name: row.Name, Rule: row.Rule}
	if b, known := rd.v.Bases[row.Name]; known {
		f.Base = &b
	}
	if f.GHL, ok, err = rd.reading(ctx, row, record.GHL); err != nil || !ok {
		return f, false, err
	}
	if f.Commonsku, ok, err = rd.reading(ctx, row, record.Commonsku); err != nil || !ok {
		return f, false, err
	}
	if row.Special == Status {
		f = onlyUpgrade(f)
	}
	return f, true, nil
}

func (rd reader) reading(ctx context.Context, row Row, s record.Side) (merge.Reading, bool, error) {
	r := merge.Reading{Raw: rd.v.raw(row, s), ChangedAt: rd.v.record(s).Changed, Writable: !row.readOnly(s)}
	switch {
	case row.outside():
		if rd.v.Key == nil {
			return r, false, nil
		}
		var ok bool
		r.Key, ok = rd.v.Key(row, s, r.Raw)
		return r, ok, nil
	case row.Transform != nil && row.source() == s:
		value, err := row.Transform.Value(ctx, r.Raw)
		if err != nil {
			return r, false, fmt.Errorf("transform of %s: %w", row.Name, err)
		}
		if row.Rule.Set {
			value = record.Set(value.Items()...)
		}
		r.Key = rd.canonical(row, value)
	default:
		r.Key = rd.key(row, s)
	}
	return r, true, nil
}

func (r Row) readOnly(s record.Side) bool {
	if s == record.GHL {
		return r.GHLReadOnly
	}
	return r.CommonskuReadOnly
}

// onlyUpgrade reads a client's status so that it is never lowered, or one lead would take a customer from all colleagues:
// GHL's type counts only where the client has no status, or is a lead and becomes a customer.
func onlyUpgrade(f merge.Field) merge.Field {
	has := strings.ToLower(f.Commonsku.Key.Text())
	becomes := strings.ToLower(f.GHL.Key.Text())
	if has == "" && becomes != "" || has == "lead" && becomes == "customer" {
		f.Base = nil // what they agreed on before does not matter: it is a step up from what the client has now
		f.Rule.OnConflict = merge.GHLWins
		return f
	}
	f.GHL.Key = f.Commonsku.Key
	return f
}
