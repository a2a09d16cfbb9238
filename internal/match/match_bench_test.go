package match_test

import (
	"runtime"
	"testing"
	"time"

	"tandem/internal/match"
)

// BenchmarkMatch50k is the figure to reach: 50,000 with 50,000 under 5 s and 500 MB.
func BenchmarkMatch50k(b *testing.B) { benchmark(b, 50_000) }

// BenchmarkMatchMillion is half a million with half a million: under 60 s.
func BenchmarkMatchMillion(b *testing.B) { benchmark(b, 500_000) }

func benchmark(b *testing.B, side int) {
	o := newOverlap(side*4/3+side/100, 42)
	o.ghl, o.commonsku = o.ghl[:side], o.commonsku[:side]
	b.ReportAllocs()
	var res match.Result
	var most uint64
	for b.Loop() {
		stop, done := make(chan struct{}), make(chan struct{})
		go func() {
			defer close(done)
			tick := time.NewTicker(20 * time.Millisecond)
			defer tick.Stop()
			for {
				select {
				case <-stop:
					return
				case <-tick.C:
					var m runtime.MemStats
					runtime.ReadMemStats(&m)
					most = max(most, m.HeapInuse)
				}
			}
		}()
		res = match.Match(o.ghl, o.commonsku, match.Options{})
		close(stop)
		<-done
	}
	b.ReportMetric(float64(most)/1e6, "peakMB")
	b.ReportMetric(float64(res.Stats.Compared), "pairs")
	right := 0
	for _, d := range res.Links {
		if o.truth[d.GHL] == d.Commonsku {
			right++
		}
	}
	b.ReportMetric(float64(len(res.Links)-right), "wrong")
	b.ReportMetric(float64(right), "links")
}
