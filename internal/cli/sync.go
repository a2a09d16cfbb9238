package cli

import (
	"context"
	"errors"
	"sync"
	"time"

	"tandem/internal/operate"
	"tandem/internal/record"
)

type syncVerb struct {
	pairFlag
	jsonFlag
	Only   string `placeholder:"KIND" enum:",contact,company,task,note,appointment" default:"" help:"One kind only."`
	Record string `placeholder:"ID" help:"One record only, by its id on either side."`
}

func (syncVerb) Help() string {
	return "Fit for cron: it ends when both sides agree or the difference is explained, with exit code 3 where records wait for a person.\n\nExample:\n\n    tandem sync --pair acme\n    tandem sync --record ve9EPM428h8vShlRW1KT\n"
}

// Run reconciles one pair.
func (v syncVerb) Run(c *call) error {
	return c.with(func(s *session) error {
		pair, err := s.pair(v.Pair)
		if err != nil {
			return err
		}
		if err := s.work(c.ctx); err != nil {
			return err
		}
		bar := c.progress()
		stop := s.watch(c.ctx, pair, bar)
		rep, err := s.Sync(c.ctx, pair, operate.SyncOptions{Only: record.Kind(v.Only), Record: v.Record, Progress: bar.show})
		stop()
		bar.end()
		if err != nil {
			return err
		}
		if v.JSON {
			err = c.json(rep)
		} else {
			c.say("%s: %d records looked at, %d linked; %d writes to GHL (%d created), %d to commonsku (%d created), in %s.",
				pair, rep.Records, rep.Linked, rep.Writes[record.GHL], rep.Created[record.GHL], rep.Writes[record.Commonsku], rep.Created[record.Commonsku], rep.Elapsed.Round(10*time.Millisecond))
		}
		if rep.Person > 0 {
			return errors.Join(err, &needsPerson{plural(rep.Person, "record waits", "records wait") + " for a person: see `tandem conflicts`, `asks`, `errors` and `deletes`"})
		}
		return err
	})
}

// watch shows what a running service still has to do, as its own progress does not travel. The function it returns ends
// it, and waits for that.
func (s *session) watch(ctx context.Context, pair string, bar *progress) (stop func()) {
	if !s.remote {
		return func() {}
	}
	ctx, cancel := context.WithCancel(ctx)
	var wg sync.WaitGroup
	wg.Go(func() {
		most := 0
		for {
			select {
			case <-ctx.Done():
				return
			case <-time.After(time.Second):
			}
			p, err := s.Operator.Pair(ctx, pair)
			if err != nil {
				continue // the sync itself will tell
			}
			rest := p.Queue.Pending + p.Queue.Running
			most = max(most, rest)
			bar.show(operate.Progress{Step: "records", Done: most - rest, Total: most})
		}
	})
	return func() { cancel(); wg.Wait() }
}
