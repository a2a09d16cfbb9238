package demo

import (
	"time"

	"tandem/internal/sandbox"
	"tandem/internal/sandbox/wire"
)

// searchLag is how far GHL's search is behind.
const searchLag = 500 * time.Millisecond

func startWorld(o Options) (*sandbox.World, error) {
	return sandbox.Start(sandbox.Options{
		Seed: o.Seed, Contacts: o.Contacts, Latency: 5 * time.Millisecond, SearchLag: searchLag,
		GHLQuota:       wire.Quota{Burst: 2000, Interval: 10 * time.Second, Daily: 200000},
		CommonskuQuota: wire.Quota{Burst: 200, Interval: time.Second},
	})
}

// truth knows who is who among the people made up.
type truth map[string]string // GHL's id → commonsku's

func truthOf(w *sandbox.World) truth {
	t := truth{}
	for _, p := range w.Truth {
		if p.GHL != "" && p.Commonsku != "" {
			t[p.GHL] = p.Commonsku
		}
	}
	return t
}

func (t truth) same(ghl, commonsku string) bool { return ghl != "" && t[ghl] == commonsku }
