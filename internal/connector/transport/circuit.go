package transport

import (
	"sync"
	"time"
)

const (
	openAfter = 12 // failures in a row
	openFirst = time.Second
	openMost  = time.Minute
)

// circuit keeps calls back from a side that does not answer: after a row of failures one probe at a time goes out, with
// growing pauses; an answer of any kind closes it.
type circuit struct {
	mu       sync.Mutex // guards what is below
	failures int
	until    time.Time
}

// open says how long to keep back; 0 lets the call go. In the open state it lets one probe through.
func (c *circuit) open(now time.Time) time.Duration {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.failures < openAfter {
		return 0
	}
	if d := c.until.Sub(now); d > 0 {
		return d
	}
	c.until = now.Add(c.pause()) // the others wait for what the probe finds
	return 0
}

func (c *circuit) pause() time.Duration {
	d := openFirst << min(c.failures-openAfter, 10)
	return min(d, openMost)
}

func (c *circuit) failed(now time.Time) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.failures++
	if c.failures >= openAfter {
		c.until = now.Add(c.pause())
	}
}

func (c *circuit) succeeded() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.failures = 0
}
