package transport

import (
	"context"
	"time"

	"tandem/internal/connector"
	"tandem/internal/operation"
)

const (
	backoffFirst = 100 * time.Millisecond
	backoffMost  = 2 * time.Second
	// waitInPlace is how long a far side may ask us to wait before the caller is told instead: a worker that sleeps
	// longer keeps its record's row, and others' turn.
	waitInPlace = 2 * time.Second
)

// again decides whether a failed attempt is repeated here, and after how long. Only repeatable operations are; a create
// never is, whatever the class.
func (c *Client) again(op operation.Operation, e *connector.Error, try int) (time.Duration, bool) {
	if !op.Repeatable || try >= c.o.Tries || e.After > waitInPlace {
		return 0, false
	}
	switch e.Class {
	case connector.Transient:
	case connector.Throttled:
		if e.After == 0 {
			return 0, false // one whole interval: too long to sleep here
		}
	default:
		return 0, false
	}
	ceiling := min(backoffFirst<<(try-1), backoffMost)
	return e.After + time.Duration(c.o.Rand()*float64(ceiling)), true // full jitter
}

// jittered spreads those who wait for the same moment. Zero stays zero: the budget knows its interval.
func (c *Client) jittered(after time.Duration) time.Duration {
	return after + time.Duration(c.o.Rand()*float64(after)/10)
}

// sleep waits and says whether ctx lasted; where it cannot last, it does not wait.
func sleep(ctx context.Context, d time.Duration) bool {
	if end, ok := ctx.Deadline(); ok && time.Until(end) <= d {
		return false
	}
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return true
	case <-ctx.Done():
		return false
	}
}
