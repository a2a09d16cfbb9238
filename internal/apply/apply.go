// Package apply is the one way in which Tandem writes to a far side. Nothing writes around it.
//
// A write has an intent row first, durable before the request leaves; the intent goes in the transaction that stores
// what the answer said (base, link, history). So a crash at any point leaves either nothing, or an intent that tells the
// next run of the record what may have happened (I12), and a create whose answer was lost is looked for before it is
// tried again (I2). Package apply decides nothing: merge and the engine do.
package apply

import (
	"context"
	"fmt"
	"time"

	"tandem/internal/connector"
	"tandem/internal/record"
	"tandem/internal/store"
)

// Timing of writes. Source: semantics, "Writes whose answer is lost".
const (
	// deadline of one write: the commonsku gateway answers up to 29 s.
	deadline = 30 * time.Second
	// leaseAround is how far the lease of the work row reaches when a request leaves: it must outlast the deadline.
	leaseAround = 40 * time.Second
	// allowanceFor is how long an echo may come late: GHL repeats a refused delivery for about 70 minutes.
	allowanceFor = 80 * time.Minute
)

// Writer writes to far sides.
type Writer struct {
	Store *store.Store
	Now   func() time.Time
}

// Order is one write with what has to be durable before it leaves.
type Order struct {
	Work   store.Work // the claimed row on whose behalf this is written; its lease is checked
	Pair   string
	LinkID int64 // 0: none yet
	Driver connector.Driver
	Write  connector.Write
	// Fingerprint is what a lost create is looked for by; empty for other verbs.
	Fingerprint string
	RunID       string
}

// Sent is a write that was answered. Its intent stays until Settle.
type Sent struct {
	Intent store.Intent
	Write  connector.Write
	Answer record.Record
}

// echoing is a driver whose side tells of changes by webhook, our own among them.
type echoing interface {
	EventTypesOf(w connector.Write) []string
}

// Do makes one write. On an error of class Ambiguous the intent stays as sent, and the next run of the same work row
// finds it; on any other error nothing happened at the far side and the intent is gone.
func (w *Writer) Do(ctx context.Context, o Order) (Sent, error) {
	now := w.Now()
	intent := store.Intent{
		Pair: o.Pair, Key: o.Work.Key, LinkID: o.LinkID, Ref: o.Write.Ref, Verb: string(o.Write.Verb), Fields: o.Write.Fields,
		Parent: o.Write.Parent, Fingerprint: o.Fingerprint, State: store.IntentSent, CreatedAt: now, SentAt: now, RunID: o.RunID,
	}
	err := w.Store.Update(ctx, func(tx *store.Tx) error {
		intent.ID = 0
		if err := tx.Hold(o.Work); err != nil {
			return err
		}
		if err := tx.Renew(o.Work, now.Add(leaseAround)); err != nil {
			return err
		}
		if err := tx.PutIntent(&intent); err != nil {
			return err
		}
		if o.Write.Verb == connector.Create {
			return nil // no id yet: Settle grants
		}
		return tx.Grant(allowances(o.Pair, o.Driver, o.Write, now)...)
	})
	if err != nil {
		return Sent{}, fmt.Errorf("intent of %s %s: %w", o.Write.Verb, o.Write.Ref, err)
	}
	wctx, cancel := context.WithTimeout(ctx, deadline)
	defer cancel()
	answer, err := o.Driver.Write(wctx, o.Write)
	if err == nil {
		return Sent{Intent: intent, Write: o.Write, Answer: answer}, nil
	}
	if connector.ClassOf(err) == connector.Ambiguous || MayHaveHappened(err) {
		return Sent{Intent: intent, Write: o.Write}, err
	}
	// Nothing happened over there. The bookkeeping must not be lost to a cancelled context.
	bctx, bcancel := context.WithTimeout(context.WithoutCancel(ctx), deadline)
	defer bcancel()
	if derr := w.Store.Update(bctx, func(tx *store.Tx) error { return tx.DeleteIntent(intent.ID) }); derr != nil {
		return Sent{}, fmt.Errorf("closing intent %d: %w", intent.ID, derr)
	}
	return Sent{}, err
}

// MayHaveHappened says that a refused create may exist all the same: GHL answers 422 to creates that it made
// (vendor tracker, issue 64).
func MayHaveHappened(err error) bool {
	e, ok := connector.AsError(err)
	return ok && e.Maybe
}

// Settle closes the intent of an answered write, inside the transaction that stores its consequences.
func (w *Writer) Settle(tx *store.Tx, pair string, d connector.Driver, s Sent) error {
	if s.Write.Verb == connector.Create {
		made := s.Write
		made.Ref = s.Answer.Ref
		if err := tx.Grant(allowances(pair, d, made, w.Now())...); err != nil {
			return err
		}
	}
	return tx.DeleteIntent(s.Intent.ID)
}

// Adopt closes the intent of a create whose record was found by looking; its echo may still come.
func (w *Writer) Adopt(tx *store.Tx, in store.Intent, d connector.Driver, found record.Record) error {
	made := connector.Write{Verb: connector.Create, Ref: found.Ref, Fields: in.Fields}
	if err := tx.Grant(allowances(in.Pair, d, made, w.Now())...); err != nil {
		return err
	}
	return tx.DeleteIntent(in.ID)
}

func allowances(pair string, d connector.Driver, wr connector.Write, now time.Time) []store.Allowance {
	e, ok := d.(echoing)
	if !ok {
		return nil
	}
	var out []store.Allowance
	for _, t := range e.EventTypesOf(wr) {
		out = append(out, store.Allowance{Pair: pair, Ref: wr.Ref, EventType: t, ExpiresAt: now.Add(allowanceFor)})
	}
	return out
}
