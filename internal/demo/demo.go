// Package demo is the main job, shown: both systems simulated in this process, the service as a child that gets killed on
// the way, edits on both sides, and a verdict from reading both sides back over HTTP. It touches the service only as
// users do, through its configuration, its webhooks and its API, and it never excuses a difference it cannot explain.
package demo

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"time"
)

// Options of a run.
type Options struct {
	Out        io.Writer
	JSON       bool   // the report as one JSON object instead of the story
	Executable string // the tandem binary whose `serve` is started; this program's own if empty
	Contacts   int    // people made up over both sides; 300 if 0
	Seed       int64
	KeepUp     bool // stay up after the verdict until ctx ends
}

// ErrDisagree says that the two sides differ in a way that nothing explains.
var ErrDisagree = errors.New("the two sides do not agree")

// Run plays the demo. It returns nil only if both sides agree at the end. It leaves nothing behind.
func Run(ctx context.Context, o Options) (err error) {
	if o.Contacts == 0 {
		o.Contacts = 300
	}
	if o.Executable == "" {
		if o.Executable, err = os.Executable(); err != nil {
			return err
		}
	}
	dir, err := os.MkdirTemp("", "tandem-demo-")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	s := &story{o: o, dir: dir, began: time.Now()}
	if o.JSON {
		s.out = io.Discard
	} else {
		s.out = o.Out
	}
	if err := s.open(); err != nil {
		return err
	}
	defer func() { err = errors.Join(err, s.close()) }()
	if err := s.play(ctx); err != nil {
		return fmt.Errorf("%w\n%s", err, s.child.tail())
	}
	if o.JSON {
		if err := json.NewEncoder(o.Out).Encode(s.report); err != nil {
			return err
		}
	} else {
		s.report.print(o.Out)
	}
	if o.KeepUp && ctx.Err() == nil {
		s.say("Still up: %s (admin token %s). Interrupt to end.", s.child.base, adminToken)
		<-ctx.Done()
	}
	if !s.report.Agree {
		return ErrDisagree
	}
	return nil
}
