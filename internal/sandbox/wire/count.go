package wire

import (
	"maps"
	"sync"
)

// Stats are the calls that reached one side, people's edits excluded.
type Stats struct {
	Calls     map[string]int `json:"calls"`     // by "METHOD /path/{id}"
	Total     int            `json:"total"`     // all, refused ones among them
	Throttled int            `json:"throttled"` // answers 429
	Faults    map[string]int `json:"faults"`    // faults done, by kind
}

// Counter counts. It is safe for concurrent use.
type Counter struct {
	mu sync.Mutex
	s  Stats
}

func (c *Counter) call(operation string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.s.Calls == nil {
		c.s.Calls = map[string]int{}
	}
	c.s.Calls[operation]++
	c.s.Total++
}

func (c *Counter) fault(kind string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.s.Faults == nil {
		c.s.Faults = map[string]int{}
	}
	c.s.Faults[kind]++
}

func (c *Counter) throttled() { c.mu.Lock(); c.s.Throttled++; c.mu.Unlock() }

// Stats is a copy.
func (c *Counter) Stats() Stats {
	c.mu.Lock()
	defer c.mu.Unlock()
	s := c.s
	s.Calls, s.Faults = maps.Clone(s.Calls), maps.Clone(s.Faults)
	return s
}
