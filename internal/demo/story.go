package demo

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"time"

	"tandem/internal/client"
	"tandem/internal/operate"
	"tandem/internal/sandbox"
)

const pair = "demo"

// story is one run.
type story struct {
	o      Options
	out    io.Writer
	dir    string
	began  time.Time
	world  *sandbox.World
	child  *child
	api    *client.Client
	truth  truth
	report Report
	waits  []latency
}

func (s *story) say(format string, args ...any) {
	_, _ = fmt.Fprintf(s.out, "%6.1fs  "+format+"\n", append([]any{time.Since(s.began).Seconds()}, args...)...)
}

func (s *story) open() error {
	w, err := startWorld(s.o)
	if err != nil {
		return err
	}
	s.world, s.truth = w, truthOf(w)
	s.child, err = newChild(s.o.Executable, s.dir, w)
	if err != nil {
		return errors.Join(err, w.Close())
	}
	w.SetWebhookURL(s.child.base + "/webhooks/ghl")
	s.api = client.New(client.Options{BaseURL: s.child.base, Token: adminToken, HTTP: &http.Client{Timeout: 60 * time.Second}})
	s.report.In.GHL, s.report.In.Commonsku = len(w.GHL.Contacts()), len(w.Commonsku.Contacts())
	s.report.In.Clients = len(w.Commonsku.Clients())
	return nil
}

func (s *story) close() error {
	s.child.kill()
	return s.world.Close()
}

func (s *story) play(ctx context.Context) error {
	s.say("Two accounts: %d contacts in GoHighLevel, %d contacts of %d clients in commonsku, entered by different people.",
		s.report.In.GHL, s.report.In.Commonsku, s.report.In.Clients)
	for _, step := range []func(context.Context) error{
		s.start, s.match, s.edits, s.weather, s.crash, s.settle, s.verify,
	} {
		if err := step(ctx); err != nil {
			return err
		}
	}
	s.report.Seconds = time.Since(s.began).Seconds()
	return nil
}

func (s *story) start(ctx context.Context) error {
	// A side that looks empty needs no first match, and GHL's search does not know the new people yet.
	if err := pause(ctx, searchLag); err != nil {
		return err
	}
	if err := s.child.start(ctx); err != nil {
		return err
	}
	s.say("tandem serve is up at %s (process %d).", s.child.base, s.child.pid())
	return nil
}

// match shows who is who and decides what only a person can, as an office manager would: by knowing the people.
func (s *story) match(ctx context.Context) error {
	rep, err := s.api.Match(ctx, pair)
	if err != nil {
		return fmt.Errorf("match: %w", err)
	}
	s.report.Match = rep.Counts
	s.say("Match preview: %d are the same person, %d for a person to decide, %d on one side only.",
		rep.Counts["link"], rep.Counts["ask"], rep.Counts["create"])
	shown := map[string]int{}
	for _, r := range rep.Rows {
		if shown[r.Decision] < 3 && r.Decision != "create" {
			shown[r.Decision]++
			s.say("    %-4s %-30.30s | %-30.30s %.60s", r.Decision, r.GHLName, r.CommonskuName, r.Reason)
		}
	}
	rows := s.decideRows(rep.Rows)
	out, err := s.api.ApplyMatch(ctx, pair, rows)
	if err != nil {
		return fmt.Errorf("apply: %w", err)
	}
	for _, why := range out.Refused {
		s.say("    refused: %s", why)
	}
	s.say("Live: %d linked, %d to be created on the other side, %d left.", out.Linked, out.Creates, out.Left)
	if err := s.idle(ctx, 25*time.Second); err != nil {
		return err
	}
	if err := s.decideAsks(ctx); err != nil {
		return err
	}
	s.say("In step: %d contacts in GoHighLevel, %d in commonsku.", len(s.world.GHL.Contacts()), len(s.world.Commonsku.Contacts()))
	return nil
}

// idle waits until nothing is to be done.
func (s *story) idle(ctx context.Context, most time.Duration) error {
	end := time.Now().Add(most)
	var last operate.Pair
	for time.Now().Before(end) {
		p, err := s.api.Pair(ctx, pair)
		if err == nil && p.Idle {
			return nil
		}
		last = p
		if err := pause(ctx, 50*time.Millisecond); err != nil {
			return err
		}
	}
	return fmt.Errorf("not idle after %s: state %s %v, queue %+v", most, last.State, last.Reasons, last.Queue)
}

// settle has both sides read once more, so that nothing waits to be noticed.
func (s *story) settle(ctx context.Context) error {
	// GHL's search must know the last edits: webhooks of that time are lost.
	if err := pause(ctx, searchLag+100*time.Millisecond); err != nil {
		return err
	}
	if err := s.api.Sweep(ctx, pair, true); err != nil {
		return fmt.Errorf("sweep: %w", err)
	}
	s.say("A full sweep, to prove that nothing was missed.")
	if err := s.idle(ctx, 20*time.Second); err != nil {
		return err
	}
	return s.decideAsks(ctx)
}

func pause(ctx context.Context, d time.Duration) error {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
