package transport

import (
	"sync"
	"time"

	"tandem/internal/connector"
)

const (
	// tripAfter failures in a row open the circuit: enough that one fault in five, at random, does not.
	tripAfter   = 8
	openAtFirst = time.Second
	openAtMost  = 30 * time.Second
)

// circuit stops calls to a side that answers nothing any more: it opens after some failures in a row, lets one probe
// through when its time is over, and closes with the first success.
type circuit struct {
	now  func() time.Time
	rand func() float64

	mu      sync.Mutex // guards all below
	failed  int        // in a row
	open    time.Duration
	until   time.Time
	probing bool
}

func newCircuit(now func() time.Time, rand func() float64) *circuit {
	return &circuit{now: now, rand: rand}
}

// enter lets a call pass (wait 0) or says how long to wait. A probe is the one call of a half-open circuit.
func (c *circuit) enter() (probe bool, wait time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.open == 0 {
		return false, 0
	}
	if left := c.until.Sub(c.now()); left > 0 {
		return false, left
	}
	if c.probing {
		return false, openAtFirst
	}
	c.probing = true
	return true, 0
}

// leave ends a call that never left.
func (c *circuit) leave(probe bool) {
	if probe {
		c.mu.Lock()
		c.probing = false
		c.mu.Unlock()
	}
}

// report tells how a call ended. Only faults of the side itself count; a refusal is an answer.
func (c *circuit) report(probe bool, e *connector.Error) {
	bad := e != nil && (e.Class == connector.Transient || e.Class == connector.Ambiguous)
	c.mu.Lock()
	defer c.mu.Unlock()
	if probe {
		c.probing = false
	}
	if !bad {
		c.failed, c.open = 0, 0
		return
	}
	c.failed++
	if probe || c.open == 0 && c.failed >= tripAfter {
		c.open = min(max(2*c.open, openAtFirst), openAtMost)
		c.until = c.now().Add(c.open/2 + time.Duration(c.rand()*float64(c.open)/2))
	}
}
