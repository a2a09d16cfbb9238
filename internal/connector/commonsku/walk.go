package commonsku

import (
	"context"
	"slices"
	"time"

	"tandem/internal/connector"
	"tandem/internal/record"
)

// walk remembers which page showed a record, for accounts without a single read.
type walk struct {
	where map[record.Ref]string // the cursor of the page
	fresh map[pageOf]shown
	turn  chan struct{} // held by the one Get that reads pages; made at first use
}

type pageOf struct {
	kind   record.Kind
	cursor string
}

type shown struct {
	at   time.Time
	rows []record.Record
}

const (
	// freshFor is how long a page that was just read stands for its rows: many records of one page are often looked at
	// together, and an account without a single read has little quota.
	freshFor      = 10 * time.Second
	freshPagesMax = 16
	walkPagesMax  = 2000
)

func (d *Driver) noteWalk(k *Kind, cursor string, rows []record.Record) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.walked.where == nil {
		d.walked.where, d.walked.fresh = map[record.Ref]string{}, map[pageOf]shown{}
	}
	for _, r := range rows {
		d.walked.where[r.Ref] = cursor
	}
	now := d.o.Now()
	for p, s := range d.walked.fresh {
		if now.Sub(s.at) > freshFor || len(d.walked.fresh) >= freshPagesMax {
			delete(d.walked.fresh, p)
		}
	}
	d.walked.fresh[pageOf{k.Kind, cursor}] = shown{now, rows}
}

// remembered gives a record from a page that was just read, else the page to read again.
func (d *Driver) remembered(ref record.Ref) (r record.Record, cursor string, fresh, known bool) {
	d.mu.Lock()
	defer d.mu.Unlock()
	cursor, known = d.walked.where[ref]
	s, ok := d.walked.fresh[pageOf{ref.Kind, cursor}]
	if known && ok && d.o.Now().Sub(s.at) <= freshFor {
		if i := slices.IndexFunc(s.rows, func(r record.Record) bool { return r.Ref == ref }); i >= 0 {
			return s.rows[i], cursor, true, true
		}
	}
	return record.Record{}, cursor, false, known
}

// getByWalk reads again the page that showed a record; where that page is not known or shows it no longer, it walks the
// list until it comes by.
func (d *Driver) getByWalk(ctx context.Context, k *Kind, ref record.Ref) (record.Record, error) {
	done, err := d.takeTurn(ctx, k)
	if err != nil {
		return record.Record{}, err
	}
	defer done()
	r, cursor, fresh, known := d.remembered(ref)
	if fresh {
		return r, nil
	}
	if known {
		r, _, ok, err := d.readPage(ctx, k, cursor, ref)
		if ok || err != nil && connector.ClassOf(err) != connector.Invalid && connector.ClassOf(err) != connector.Gone {
			return r, err
		}
	}
	cursor = ""
	for range walkPagesMax {
		r, next, ok, err := d.readPage(ctx, k, cursor, ref)
		if ok || err != nil {
			return r, err
		}
		if next == "" {
			break
		}
		cursor = next
	}
	return record.Record{}, outOfSight(k)
}

func (d *Driver) readPage(ctx context.Context, k *Kind, cursor string, ref record.Ref) (r record.Record, next string, ok bool, err error) {
	p, err := d.page(ctx, k, request{cursor: cursor})
	if err != nil {
		return r, "", false, err
	}
	d.noteWalk(k, cursor, p.Records)
	if i := slices.IndexFunc(p.Records, func(r record.Record) bool { return r.Ref == ref }); i >= 0 {
		return p.Records[i], p.Next, true, nil
	}
	return r, p.Next, false, nil
}

// takeTurn lets one Get walk at a time; the next ones often find their record in what it read.
func (d *Driver) takeTurn(ctx context.Context, k *Kind) (done func(), err error) {
	d.mu.Lock()
	if d.walked.turn == nil {
		d.walked.turn = make(chan struct{}, 1)
	}
	turn := d.walked.turn
	d.mu.Unlock()
	select {
	case turn <- struct{}{}:
		return func() { <-turn }, nil
	case <-ctx.Done():
		return nil, &connector.Error{Class: connector.Transient, Op: opName(k, get), Err: ctx.Err()}
	}
}
