package cli

import (
	"sync"
	"time"

	"github.com/vbauerster/mpb/v8"
	"github.com/vbauerster/mpb/v8/decor"

	"tandem/internal/operate"
)

// progress shows how far a long step has come: a bar on a terminal, a line now and then elsewhere.
type progress struct {
	c    *call
	bars *mpb.Progress

	mu   sync.Mutex // guards what is below
	bar  *mpb.Bar
	step string
	last time.Time
}

// lineEvery keeps logs of cron jobs short.
const lineEvery = 5 * time.Second

func (c *call) progress() *progress {
	p := &progress{c: c}
	if isTerminal(c.err) {
		p.bars = mpb.NewWithContext(c.ctx, mpb.WithOutput(c.err), mpb.WithWidth(60))
	}
	return p
}

func (p *progress) show(now operate.Progress) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.bars == nil {
		if now.Step == p.step && time.Since(p.last) < lineEvery {
			return
		}
		p.step, p.last = now.Step, time.Now()
		if now.Total > 0 {
			p.c.note("%s: %d of %d", now.Step, now.Done, now.Total)
		} else {
			p.c.note("%s: %d", now.Step, now.Done)
		}
		return
	}
	if p.bar == nil || p.step != now.Step {
		if p.bar != nil {
			p.bar.SetTotal(-1, true)
		}
		p.step = now.Step
		p.bar = p.bars.AddBar(int64(now.Total),
			mpb.PrependDecorators(decor.Name(now.Step, decor.WC{W: 16, C: decor.DindentRight})),
			mpb.AppendDecorators(decor.CountersNoUnit("%d / %d"), decor.Name("  "), decor.Elapsed(decor.ET_STYLE_GO)))
	}
	p.bar.SetTotal(int64(now.Total), false)
	p.bar.SetCurrent(int64(now.Done))
}

// end leaves the last bar as it is.
func (p *progress) end() {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.bar != nil {
		p.bar.SetTotal(-1, true)
		p.bars.Wait()
		p.bar = nil
	}
}
