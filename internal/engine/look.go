package engine

import (
	"context"
	"errors"
	"slices"
	"sort"
	"time"

	"tandem/internal/connector"
	"tandem/internal/match"
	"tandem/internal/record"
	"tandem/internal/store"
)

// syncUnlinked places a record that has no counterpart yet: look for it on the far side, then link, ask, or make it.
// It holds the identity locks of the record from the look to the link, so that one person who is made on both sides at
// once becomes one link (I2).
func (e *Engine) syncUnlinked(ctx context.Context, j *job) error {
	p := j.pair
	ref, ok := record.ParseRef(j.Key)
	if !ok {
		return nil
	}
	var st store.PairState
	var link store.Link
	var linkedNow bool
	var intents []store.Intent
	err := e.store.View(ctx, func(tx *store.Tx) (err error) {
		if st, _, err = tx.PairState(p.Name); err != nil {
			return err
		}
		if link, linkedNow, err = tx.LinkOf(p.Name, ref); err != nil || linkedNow {
			return err
		}
		intents, err = tx.IntentsOf(p.Name, j.Key)
		return err
	})
	switch {
	case err != nil:
		return err
	case !st.Live:
		return later{at: e.now().Add(time.Minute), why: errNotLive.Error()}
	case linkedNow: // linked between the mark and now: go on under the link's row
		return e.store.Update(ctx, func(tx *store.Tx) error {
			return tx.Mark(store.Mark{Pair: p.Name, Key: linkKey(link.ID), Lane: j.Lane, Cause: j.Cause})
		})
	}
	r, gone, err := read(ctx, p.Driver(ref.Side), ref)
	if err != nil {
		return err
	}
	if gone {
		return e.store.Update(ctx, func(tx *store.Tx) error { return tx.MarkGone(p.Name, ref, e.now()) })
	}
	unlock, err := e.identityLocks(ctx, j, r)
	if err != nil {
		return err
	}
	defer unlock()
	if err := e.remember(ctx, p, r); err != nil {
		return err
	}
	if done, err := e.recoverCreate(ctx, j, r, intents); done || err != nil {
		return err
	}
	found, err := e.look(ctx, p, r)
	if err != nil {
		return err
	}
	switch found.verdict {
	case verdictLink:
		return e.link(ctx, j, r, found.one, found.reason)
	case verdictAsk, verdictTwin:
		return e.ask(ctx, j, r, found)
	}
	return e.create(ctx, j, r, found.withhold)
}

// verdict is what looking came to.
type verdict int

const (
	verdictNone verdict = iota // nobody there: make it, if the pair's rules say so
	verdictLink
	verdictAsk
	verdictTwin // the person is there and linked to another record of this side
)

type finding struct {
	verdict    verdict
	one        record.Record // the far side's record to link
	reason     string
	candidates []store.Candidate
	withhold   []string // fields that the far side would refuse, since somebody else there has the value
}

// look asks who on the far side this may be: by e-mail and phone in what was seen and, where the side can be asked, at
// the source; then by likeness among those with the same name.
func (e *Engine) look(ctx context.Context, p *Pair, r record.Record) (finding, error) {
	far := r.Ref.Side.Other()
	me := person(r, p.env())
	pool := map[string]store.Seen{}
	err := e.store.View(ctx, func(tx *store.Tx) error {
		clear(pool)
		collect := func(list []store.Seen, err error) error {
			for _, s := range list {
				if s.GoneAt.IsZero() {
					pool[s.Ref.ID] = s
				}
			}
			return err
		}
		if me.Email != "" {
			if err := collect(tx.SeenByEmail(p.Name, far, record.Contact, me.Email)); err != nil {
				return err
			}
		}
		if me.Phone != "" {
			if err := collect(tx.SeenByPhone(p.Name, far, record.Contact, me.Phone)); err != nil {
				return err
			}
		}
		return collect(tx.SeenByNameKey(p.Name, far, record.Contact, record.FoldLoose(me.First+" "+me.Last)))
	})
	if err != nil {
		return finding{}, err
	}
	rows, err := e.askFarSide(ctx, p, far, me)
	if err != nil {
		return finding{}, err
	}
	people := make([]match.Person, 0, len(pool)+len(rows))
	records := map[string]record.Record{}
	for _, row := range rows {
		delete(pool, row.Ref.ID)
		records[row.Ref.ID] = row
		people = append(people, person(row, p.env()))
	}
	for _, id := range sortedKeys(pool) {
		people = append(people, seenPerson(pool[id]))
		records[id] = record.Record{Ref: pool[id].Ref}
	}
	return e.judge(ctx, p, me, people, records)
}

// askFarSide looks at the source: what was seen may be older than somebody's new record.
func (e *Engine) askFarSide(ctx context.Context, p *Pair, far record.Side, me match.Person) ([]record.Record, error) {
	var out []record.Record
	for _, l := range []connector.Lookup{{Kind: record.Contact, Email: me.Email}, {Kind: record.Contact, Phone: me.Phone}} {
		if l.Email == "" && l.Phone == "" || l.Phone != "" && far == record.Commonsku {
			continue // commonsku has no search by phone: what was seen serves
		}
		rows, err := p.Driver(far).Find(ctx, l)
		if connector.ClassOf(err) == connector.Absent {
			continue
		}
		if err != nil {
			return nil, err
		}
		for _, r := range rows {
			if r.Deleted.IsZero() && !slices.ContainsFunc(out, func(o record.Record) bool { return o.Ref == r.Ref }) {
				out = append(out, r)
			}
		}
	}
	return out, nil
}

// judge weighs the candidates, without those that a person set apart.
func (e *Engine) judge(ctx context.Context, p *Pair, me match.Person, people []match.Person, records map[string]record.Record) (finding, error) {
	var f finding
	if len(people) == 0 {
		return f, nil
	}
	taken := map[string]store.Link{}
	apart := map[string]bool{}
	err := e.store.View(ctx, func(tx *store.Tx) error {
		clear(taken)
		for id, r := range records {
			l, ok, err := tx.LinkOf(p.Name, r.Ref)
			if err != nil {
				return err
			}
			if ok {
				taken[id] = l
			}
		}
		list, err := tx.ParkedList(store.ParkedFilter{Pair: p.Name, Why: []string{"apart"}, Ref: me.Ref, Limit: 100})
		for _, pk := range list {
			for _, c := range pk.Candidates {
				apart[c.Ref.ID] = true
			}
		}
		return err
	})
	if err != nil {
		return f, err
	}
	people = slices.DeleteFunc(people, func(q match.Person) bool { return apart[q.Ref.ID] })
	decisions := match.Candidates(me, people, match.Options{})
	var links, asks []match.Decision
	for _, d := range decisions {
		switch d.Outcome {
		case match.Linked:
			links = append(links, d)
		case match.Ask:
			asks = append(asks, d)
		}
	}
	for _, d := range append(slices.Clone(links), asks...) {
		other := d.Other(me.Ref.Side)
		f.candidates = append(f.candidates, store.Candidate{Ref: other, Score: d.Score, Reason: d.Text(), Label: label(people, other)})
	}
	free := slices.DeleteFunc(slices.Clone(links), func(d match.Decision) bool { _, t := taken[d.Other(me.Ref.Side).ID]; return t })
	switch {
	case len(free) == 1 && len(links) == 1:
		other := free[0].Other(me.Ref.Side)
		f.verdict, f.one, f.reason = verdictLink, records[other.ID], free[0].Text()
	case len(free) == 0 && slices.ContainsFunc(links, func(d match.Decision) bool { return d.Sure }):
		f.verdict = verdictTwin
	case len(free) > 0 || hasFree(asks, taken, me.Ref.Side):
		f.verdict = verdictAsk
	default:
		f.withhold = withheld(me, people)
	}
	return f, nil
}

func hasFree(asks []match.Decision, taken map[string]store.Link, side record.Side) bool {
	for _, d := range asks {
		if _, t := taken[d.Other(side).ID]; !t {
			return true
		}
	}
	return false
}

// withheld are the identity values that somebody else on the far side holds, in GHL's names: a location that refuses
// duplicates would refuse the create.
func withheld(me match.Person, others []match.Person) []string {
	var out []string
	for _, q := range others {
		if me.Email != "" && q.Email == me.Email && !slices.Contains(out, "email") {
			out = append(out, "email")
		}
		if me.Phone != "" && q.Phone == me.Phone && !slices.Contains(out, "phone") {
			out = append(out, "phone")
		}
	}
	return out
}

func label(people []match.Person, ref record.Ref) string {
	for _, q := range people {
		if q.Ref == ref {
			s := q.First + " " + q.Last
			if q.Company != "" {
				s += ", " + q.Company
			}
			return s
		}
	}
	return ""
}

// link joins two records that were found to be one person. The row goes on under the link's key and merges at once.
func (e *Engine) link(ctx context.Context, j *job, r, far record.Record, reason string) error {
	l := newLink(j.pair, r.Ref, far.Ref)
	if r.Ref.Side == record.GHL && len(far.Fields) > 0 {
		l.Meta = phoneSlot(j.pair, r, far)
	}
	err := e.store.Update(ctx, func(tx *store.Tx) error {
		l.ID = 0
		if err := tx.Hold(j.Work); err != nil {
			return err
		}
		if err := tx.InsertLink(&l); err != nil {
			return err
		}
		if err := placed(tx, l); err != nil {
			return err
		}
		ev := store.Event{Pair: l.Pair, LinkID: l.ID, Kind: l.Kind, GHL: l.GHL, Commonsku: l.Commonsku, At: e.now(), Action: "linked", Reason: reason}
		if err := tx.AddEvents(ev); err != nil {
			return err
		}
		if err := tx.Mark(store.Mark{Pair: l.Pair, Key: linkKey(l.ID), Lane: j.Lane, Cause: "linked"}); err != nil {
			return err
		}
		return tx.Done(j.Work)
	})
	if errors.Is(err, store.ErrLinked) {
		return later{at: e.now().Add(lockAgain), why: "the far record was linked meanwhile"}
	}
	if err != nil {
		return err
	}
	return errFinished
}

// ask parks a record that only a person can place: it is neither made nor linked meanwhile.
func (e *Engine) ask(ctx context.Context, j *job, r record.Record, f finding) error {
	why, cause := "ask", "It may be one of the records named here, or somebody new."
	if f.verdict == verdictTwin {
		why, cause = "twin", "The same person exists twice on this side; the other record is linked already."
	}
	return e.store.Update(ctx, func(tx *store.Tx) error {
		pk := store.Parked{Pair: j.Pair, Why: why, Ref: r.Ref, Key: j.Key, Candidates: f.candidates, Cause: cause, CreatedAt: e.now(),
			Mend: "Decide with `tandem asks`: link, create or apart."}
		return tx.Park(&pk)
	})
}

// identityLocks holds (pair, e-mail) and (pair, phone) of a record, sorted, so that two jobs cannot hold one each.
func (e *Engine) identityLocks(ctx context.Context, j *job, r record.Record) (unlock func(), err error) {
	n := identityOf[r.Ref.Side]
	var names []string
	if m := record.Email(r.Text(n.email)); m != "" {
		names = append(names, "email:"+m)
	}
	if ph := record.Phone(r.Text(n.phone), j.pair.env().Region); ph != "" {
		names = append(names, "phone:"+ph)
	}
	sort.Strings(names)
	var held []func()
	release := func() {
		for _, u := range held {
			u()
		}
	}
	for _, name := range names {
		u, err := e.lock(ctx, j, name)
		if err != nil {
			release()
			return nil, err
		}
		held = append(held, u)
	}
	return release, nil
}

func (e *Engine) remember(ctx context.Context, p *Pair, r record.Record) error {
	return e.store.Update(ctx, func(tx *store.Tx) error {
		before, _, err := tx.SeenOf(p.Name, r.Ref)
		if err != nil {
			return err
		}
		s := seenOf(p.Name, r, p.env(), before)
		s.SeenAt, s.GoneAt = e.now(), time.Time{}
		return tx.PutSeen(s)
	})
}

func newLink(p *Pair, a, b record.Ref) store.Link {
	l := store.Link{Pair: p.Name, Kind: a.Kind, State: store.Live}
	for _, r := range []record.Ref{a, b} {
		if r.Side == record.GHL {
			l.GHL = r.ID
		} else {
			l.Commonsku = r.ID
		}
	}
	return l
}

func sortedKeys[V any](m map[string]V) []string {
	out := make([]string, 0, len(m))
	for k := range m {
		out = append(out, k)
	}
	sort.Strings(out)
	return out
}

// placed settles what waited for a person about two records that were just linked.
func placed(tx *store.Tx, l store.Link) error {
	for _, side := range record.Sides {
		for _, why := range []string{"ask", "twin", "dead", "no_permission"} {
			if err := tx.UnparkWhere(l.Pair, why, refOn(l, side), "", "linked"); err != nil {
				return err
			}
		}
	}
	return nil
}
