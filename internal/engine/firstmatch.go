package engine

import (
	"context"
	"fmt"
	"time"

	"tandem/internal/connector"
	"tandem/internal/match"
	"tandem/internal/record"
	"tandem/internal/store"
)

// MatchReport is the outcome of a first match, before anything is written.
type MatchReport struct {
	Pair      string
	GHL       []match.Person
	Commonsku []match.Person
	Result    match.Result
}

// firstMatch is the job of a pair that is not live: it walks both sides, and goes live by itself where one of them is
// empty, or nothing needs asking and the pair says auto. Else it waits for `tandem match --apply`.
func (e *Engine) firstMatch(ctx context.Context, j *job) error {
	var st store.PairState
	err := e.store.View(ctx, func(tx *store.Tx) (err error) {
		st, _, err = tx.PairState(j.Pair)
		return err
	})
	if err != nil || st.Live {
		return err
	}
	rep, err := e.Match(ctx, j.Pair, nil)
	if err != nil {
		return err
	}
	empty := len(rep.GHL) == 0 || len(rep.Commonsku) == 0
	if len(rep.GHL) == 0 && len(rep.Commonsku) > 0 {
		if err := e.emptyTwice(ctx, j); err != nil {
			return err
		}
	}
	if !empty && (len(rep.Result.Asks) > 0 || !j.pair.Settings.Contacts.FirstMatchAuto) {
		e.log.Info("the first match waits for a person", "pair", j.Pair, "links", len(rep.Result.Links), "asks", len(rep.Result.Asks),
			"mend", "tandem match --export match.csv, then tandem match --apply match.csv")
		return nil
	}
	return e.ApplyMatch(ctx, j.Pair, rep.Decisions())
}

// emptyAgain is how long after an empty listing of GHL a second one is made: its search index lags by seconds, and a
// location that was just filled must not be taken for an empty one, or everybody would be made twice.
const emptyAgain = 10 * time.Second

// emptyTwice believes an empty side only the second time.
func (e *Engine) emptyTwice(ctx context.Context, j *job) error {
	var first time.Time
	err := e.store.Update(ctx, func(tx *store.Tx) error {
		w, err := tx.Watermark(j.Pair, "match:empty")
		if err != nil {
			return err
		}
		if first, err = time.Parse(time.RFC3339Nano, w); err == nil {
			return nil
		}
		first = e.now()
		return tx.SetWatermark(j.Pair, "match:empty", first.Format(time.RFC3339Nano))
	})
	if err != nil {
		return err
	}
	if e.now().Sub(first) < emptyAgain {
		return later{at: first.Add(emptyAgain), why: "GHL shows no contacts; its index may lag"}
	}
	return nil
}

// Match walks both sides and matches their contacts. It writes nothing but what was seen. progress may be nil.
func (e *Engine) Match(ctx context.Context, pair string, progress func(step string, done, total int)) (MatchReport, error) {
	p := e.pairs[pair]
	if p == nil {
		return MatchReport{}, fmt.Errorf("pair %q is not in the configuration", pair)
	}
	if progress == nil {
		progress = func(string, int, int) {}
	}
	if err := e.learnAccount(ctx, p); err != nil {
		return MatchReport{}, err
	}
	rep := MatchReport{Pair: pair}
	names := map[string]string{} // client id -> name
	start := e.now()
	for _, side := range record.Sides {
		for _, kind := range []record.Kind{record.Company, record.Contact} {
			if !e.readable(p, side, kind) || side == record.GHL && kind == record.Company {
				continue
			}
			err := e.all(ctx, p, side, kind, func(rows []record.Record, total int) {
				for _, r := range rows {
					switch {
					case !r.Deleted.IsZero():
					case kind == record.Company:
						names[r.Ref.ID] = r.Text("name")
					case side == record.GHL:
						rep.GHL = append(rep.GHL, person(r, p.env()))
					default:
						q := person(r, p.env())
						if q.Company == "" {
							q.Company = names[q.CompanyID]
						}
						rep.Commonsku = append(rep.Commonsku, q)
					}
				}
				progress(fmt.Sprintf("%s %ss", side, kind), len(rows), total)
			})
			if err != nil {
				return rep, err
			}
		}
	}
	linked, err := e.linkedPairs(ctx, p)
	if err != nil {
		return rep, err
	}
	rep.Result = match.Match(rep.GHL, rep.Commonsku, match.Options{Linked: linked})
	err = e.store.Update(ctx, func(tx *store.Tx) error {
		for _, side := range record.Sides {
			for _, kind := range []record.Kind{record.Company, record.Contact} {
				if err := tx.SetWatermark(pair, string(side)+":"+string(kind), start.Format(time.RFC3339Nano)); err != nil {
					return err
				}
			}
		}
		return nil
	})
	return rep, err
}

// all lists a kind of one side into seen, page by page.
func (e *Engine) all(ctx context.Context, p *Pair, side record.Side, kind record.Kind, each func(rows []record.Record, total int)) error {
	q := connector.Query{Kind: kind}
	for {
		page, err := p.Driver(side).Page(ctx, q)
		if err != nil {
			return err
		}
		err = e.store.Update(ctx, func(tx *store.Tx) error {
			for _, r := range page.Records {
				before, _, err := tx.SeenOf(p.Name, r.Ref)
				if err != nil {
					return err
				}
				s := seenOf(p.Name, r, p.env(), before)
				s.SeenAt = e.now()
				if err := tx.PutSeen(s); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			return err
		}
		each(page.Records, page.Total)
		if page.Next == "" {
			return nil
		}
		q.Cursor = page.Next
	}
}

func (e *Engine) linkedPairs(ctx context.Context, p *Pair) (out []match.Pair, err error) {
	err = e.store.View(ctx, func(tx *store.Tx) error {
		out = nil
		return tx.EachLink(p.Name, record.Contact, func(l store.Link) error {
			out = append(out, match.Pair{GHL: refOn(l, record.GHL), Commonsku: refOn(l, record.Commonsku)})
			return nil
		})
	})
	return out, err
}

// learnAccount reads what the pair needs to know of GHL's account once: the country that phones are read by.
func (e *Engine) learnAccount(ctx context.Context, p *Pair) error {
	if p.region.Load() != nil {
		return nil
	}
	var stored string
	err := e.store.View(ctx, func(tx *store.Tx) error {
		st, _, err := tx.PairState(p.Name)
		stored = st.Region
		return err
	})
	if err != nil || stored != "" {
		if stored != "" {
			p.setRegion(stored)
		}
		return err
	}
	acc, err := p.Driver(record.GHL).Describe(ctx)
	switch connector.ClassOf(err) {
	case "":
	case connector.Forbidden, connector.Absent:
		acc.Country = ""
	default:
		return err
	}
	region := acc.Country
	if region == "" {
		region = "US"
	}
	p.setRegion(region)
	return e.state(ctx, p, func(st *store.PairState) { st.Region = region })
}

// Decisions are the rows of a report as a person may edit them.
func (r MatchReport) Decisions() []match.Row {
	return match.Rows(r.Result)
}

// applyBatch is how many decisions go into one transaction.
const applyBatch = 200

// ApplyMatch takes the decisions of a first match, edited or not, and makes the pair live: linked people get a link and
// a first merge, records to be made are queued, the ambiguous wait for a person. Run again, it adds what is missing.
func (e *Engine) ApplyMatch(ctx context.Context, pair string, rows []match.Row) error {
	p := e.pairs[pair]
	if p == nil {
		return fmt.Errorf("pair %q is not in the configuration", pair)
	}
	if err := e.learnAccount(ctx, p); err != nil {
		return err
	}
	for len(rows) > 0 {
		n := min(applyBatch, len(rows))
		batch := rows[:n]
		rows = rows[n:]
		err := e.store.Update(ctx, func(tx *store.Tx) error {
			for _, d := range batch {
				if err := e.decide(tx, p, d); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			return err
		}
	}
	return e.store.Update(ctx, func(tx *store.Tx) error {
		st, _, err := tx.PairState(pair)
		if err != nil {
			return err
		}
		st.Name, st.Live = pair, true
		if err := tx.PutPairState(st); err != nil {
			return err
		}
		marks := append(e.recurring(p), store.Mark{Pair: pair, Key: "sys:sweep", Lane: int(connector.Sweep), Cause: "went live"})
		for _, m := range marks {
			if err := tx.Mark(m); err != nil {
				return err
			}
		}
		return nil
	})
}

// decide carries out one row of a match.
func (e *Engine) decide(tx *store.Tx, p *Pair, d match.Row) error {
	ghl := record.Ref{Side: record.GHL, Kind: record.Contact, ID: d.GHL}
	commonsku := record.Ref{Side: record.Commonsku, Kind: record.Contact, ID: d.Commonsku}
	switch d.Decision {
	case match.DecisionLink:
		_, a, err := tx.LinkOf(p.Name, ghl)
		if err != nil {
			return err
		}
		_, b, err := tx.LinkOf(p.Name, commonsku)
		if err != nil || a || b {
			return err // linked already, by an earlier run of this or by the file's other row
		}
		l := newLink(p, ghl, commonsku)
		l.CreatedAt = e.now()
		if err := tx.InsertLink(&l); err != nil {
			return err
		}
		if err := placed(tx, l); err != nil {
			return err
		}
		ev := store.Event{Pair: p.Name, LinkID: l.ID, Kind: l.Kind, GHL: l.GHL, Commonsku: l.Commonsku, At: e.now(), Action: "linked", Reason: d.Reason}
		if err := tx.AddEvents(ev); err != nil {
			return err
		}
		return tx.Mark(store.Mark{Pair: p.Name, Key: linkKey(l.ID), Lane: int(connector.Backfill), Cause: "first match"})
	case match.DecisionAsk:
		for _, pair := range [][2]record.Ref{{ghl, commonsku}, {commonsku, ghl}} {
			if pair[0].ID == "" {
				continue
			}
			pk := store.Parked{Pair: p.Name, Why: "ask", Ref: pair[0], Key: pair[0].String(), CreatedAt: e.now(), Cause: d.Reason, Mend: "Decide with `tandem asks`: link, create or apart."}
			if pair[1].ID != "" {
				pk.Candidates = []store.Candidate{{Ref: pair[1], Score: d.Score, Reason: d.Reason, Label: d.Label(pair[1].Side)}}
			}
			if err := tx.Park(&pk); err != nil {
				return err
			}
		}
		return nil
	case match.DecisionApart:
		if ghl.ID != "" && commonsku.ID != "" {
			for _, pair := range [][2]record.Ref{{ghl, commonsku}, {commonsku, ghl}} {
				pk := store.Parked{Pair: p.Name, Why: "apart", Ref: pair[0], Field: pair[1].ID, CreatedAt: e.now(), ResolvedAt: e.now(), Resolution: "apart",
					Candidates: []store.Candidate{{Ref: pair[1]}}}
				if err := tx.Park(&pk); err != nil {
					return err
				}
			}
		}
	}
	for _, ref := range []record.Ref{ghl, commonsku} {
		if ref.ID == "" {
			continue
		}
		if err := tx.Mark(store.Mark{Pair: p.Name, Ref: ref, Lane: int(connector.Backfill), Cause: "first match"}); err != nil {
			return err
		}
	}
	return nil
}

// checkRows refuses a map in which a row vanished whose base and history are kept under its name.
func checkRows(st *store.PairState, p *Pair) error {
	if gone := p.Contacts.Vanished(st.RowsHash); len(gone) > 0 && !p.Settings.AcceptRows {
		return fmt.Errorf("mapping rows %v are gone, and their base and history with them: add `was:` to the renamed row, or look at `tandem plan --accept` first", gone)
	}
	st.RowsHash = p.Contacts.Signature()
	return nil
}
