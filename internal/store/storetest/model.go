package storetest

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"pgregory.net/rapid"

	"tandem/internal/record"
	"tandem/internal/store"
)

// promise is what the mailbox owes one record, whatever key it is under: every mark is followed by a run that began
// after it, and never are there two runs at once.
type promise struct {
	owed    bool // marked since the last run began
	running bool
}

// model drives the mailbox with marks, claims, ends, crashes and links in any order, and checks the promises, then lets
// everything run out: nothing may be left, and nothing that was marked may have been passed over.
func model(t *testing.T, b *bench) {
	run := 0
	rapid.Check(t, func(rt *rapid.T) {
		run++
		m := &mailbox{bench: b, rt: rt, pair: fmt.Sprintf("pair%d", run), people: map[int]*promise{}, owner: map[string]int{}, link: map[int]int64{}}
		rt.Repeat(map[string]func(*rapid.T){
			"mark": m.mark, "claim": m.claim, "done": m.done, "retry": m.retry, "defer": m.deferred, "crash": m.crash, "link": m.linkOne,
		})
		m.settle()
	})
}

// mailbox is the model: persons 0 to 3, each with a record on either side.
type mailbox struct {
	*bench
	rt     *rapid.T
	pair   string
	people map[int]*promise
	held   []store.Work
	owner  map[string]int // token to person
	link   map[int]int64
}

func (m *mailbox) do(fn func(tx *store.Tx) error) error { return m.s.Update(m.Context(), fn) }

func (m *mailbox) person(rt *rapid.T) int { return rapid.IntRange(0, 3).Draw(rt, "person") }

func (m *mailbox) ref(side record.Side, person int) record.Ref {
	return contact(side, fmt.Sprintf("%d", person))
}

func (m *mailbox) mark(rt *rapid.T) {
	p := m.person(rt)
	side := rapid.SampledFrom(record.Sides[:]).Draw(rt, "side")
	if m.link[p] == 0 {
		side = record.GHL // two unlinked records are two mailboxes; the second is marked only while linking
	}
	due := m.clock.Now().Add(time.Duration(rapid.IntRange(-5, 5).Draw(rt, "due")) * time.Second)
	err := m.do(func(tx *store.Tx) error {
		return tx.Mark(store.Mark{Pair: m.pair, Ref: m.ref(side, p), Lane: rapid.IntRange(0, 2).Draw(rt, "lane"), DueAt: due})
	})
	if err != nil {
		rt.Fatal(err)
	}
	if m.people[p] == nil {
		m.people[p] = &promise{}
	}
	m.people[p].owed = true
}

func (m *mailbox) claim(rt *rapid.T) {
	var list []store.Work
	err := m.do(func(tx *store.Tx) (err error) {
		list, err = tx.Claim(store.ClaimRequest{Limit: rapid.IntRange(1, 3).Draw(rt, "limit"), MaxLane: 2, LeaseFor: lease})
		return err
	})
	if err != nil {
		rt.Fatal(err)
	}
	for _, w := range list {
		if w.Pair != m.pair {
			continue // left by an earlier run that failed
		}
		p := m.personOf(w.Key)
		if m.people[p].running {
			rt.Fatalf("person %d has two runs at once (%s)", p, w.Key)
		}
		if !m.people[p].owed {
			rt.Fatalf("person %d runs although nothing is owed (%s)", p, w.Key)
		}
		*m.people[p] = promise{running: true}
		m.owner[w.Owner] = p
		m.held = append(m.held, w)
	}
	m.clock.Advance(time.Duration(rapid.IntRange(0, 3).Draw(rt, "seconds")) * time.Second)
	m.expire()
}

// expire forgets holders whose lease has ended: the row may be taken, so what they ran is owed again.
func (m *mailbox) expire() {
	kept := m.held[:0]
	for _, w := range m.held {
		if m.clock.Now().Before(w.Lease) {
			kept = append(kept, w)
			continue
		}
		*m.people[m.owner[w.Owner]] = promise{owed: true}
	}
	m.held = kept
}

func (m *mailbox) personOf(key string) (p int) {
	if ref, ok := record.ParseRef(key); ok {
		_, _ = fmt.Sscan(ref.ID, &p)
		return p
	}
	for person, id := range m.link {
		if store.LinkKey(id) == key {
			return person
		}
	}
	m.rt.Fatalf("claimed %s, which nobody marked", key)
	return 0
}

// take removes one holder.
func (m *mailbox) take(rt *rapid.T) (w store.Work, p int) {
	if len(m.held) == 0 {
		rt.Skip("nothing runs")
	}
	i := rapid.IntRange(0, len(m.held)-1).Draw(rt, "holder")
	w = m.held[i]
	m.held = append(m.held[:i:i], m.held[i+1:]...)
	return w, m.owner[w.Owner]
}

func (m *mailbox) done(rt *rapid.T) {
	w, p := m.take(rt)
	if err := m.do(func(tx *store.Tx) error { return errors.Join(tx.Hold(w), tx.Done(w)) }); err != nil {
		rt.Fatalf("ending a run that holds its lease: %v", err)
	}
	m.people[p].running = false
}

func (m *mailbox) retry(rt *rapid.T) {
	w, p := m.take(rt)
	if err := m.do(func(tx *store.Tx) error { return tx.Retry(w, m.clock.Now().Add(4*time.Second), "x") }); err != nil {
		rt.Fatal(err)
	}
	*m.people[p] = promise{owed: true}
}

func (m *mailbox) deferred(rt *rapid.T) {
	w, p := m.take(rt)
	if err := m.do(func(tx *store.Tx) error { return tx.Defer(w, m.clock.Now().Add(time.Second), "") }); err != nil {
		rt.Fatal(err)
	}
	*m.people[p] = promise{owed: true}
}

// crash: the lease of a dead process ends.
func (m *mailbox) crash(rt *rapid.T) {
	m.clock.Advance(lease)
	for _, w := range m.held {
		*m.people[m.owner[w.Owner]] = promise{owed: true}
	}
	m.held = nil
}

// linkOne links a person, sometimes by the job that runs, sometimes by hand, with news of the far record in between.
func (m *mailbox) linkOne(rt *rapid.T) {
	p := m.person(rt)
	if m.link[p] != 0 {
		rt.Skip("linked")
	}
	news := rapid.Bool().Draw(rt, "news")
	l := store.Link{Pair: m.pair, Kind: record.Contact, GHL: fmt.Sprint(p), Commonsku: fmt.Sprint(p)}
	err := m.do(func(tx *store.Tx) error {
		l.ID = 0
		for _, w := range m.held {
			if m.owner[w.Owner] == p {
				if err := tx.Hold(w); err != nil {
					return err
				}
			}
		}
		if news {
			if err := tx.Mark(store.Mark{Pair: m.pair, Ref: m.ref(record.Commonsku, p)}); err != nil {
				return err
			}
		}
		return tx.InsertLink(&l)
	})
	if err != nil {
		rt.Fatal(err)
	}
	m.link[p] = l.ID
	if news {
		if m.people[p] == nil {
			m.people[p] = &promise{}
		}
		m.people[p].owed = true
	}
}

// settle runs out what is left, and wants every promise kept and the table empty.
func (m *mailbox) settle() {
	m.crash(m.rt)
	for range 10 {
		m.clock.Advance(lease)
		var list []store.Work
		if err := m.do(func(tx *store.Tx) (err error) {
			list, err = tx.Claim(store.ClaimRequest{Limit: 100, MaxLane: 2, LeaseFor: lease})
			if err != nil {
				return err
			}
			for _, w := range list {
				if err := tx.Done(w); err != nil {
					return err
				}
			}
			return nil
		}); err != nil {
			m.rt.Fatal(err)
		}
		for _, w := range list {
			if w.Pair == m.pair {
				*m.people[m.personOf(w.Key)] = promise{}
			}
		}
	}
	for p, pr := range m.people {
		if pr.owed {
			m.rt.Fatalf("person %d was marked and never ran", p)
		}
	}
	if err := m.s.View(m.Context(), func(tx *store.Tx) error {
		next, ok, err := tx.NextDue()
		if ok {
			m.rt.Fatalf("something is left, due at %v", next)
		}
		return err
	}); err != nil {
		m.rt.Fatal(err)
	}
}
