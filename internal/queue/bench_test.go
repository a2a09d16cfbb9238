package queue_test

import (
	"context"
	"slices"
	"strconv"
	"sync"
	"testing"
	"time"

	"tandem/internal/queue"
	"tandem/internal/store"
	"tandem/internal/store/storetest"
)

func eachDatabase(b *testing.B, f func(b *testing.B, st *store.Store)) {
	b.Run(store.SQLite, func(b *testing.B) { f(b, storetest.SQLite(b).Open(b, nil)) })
	b.Run(store.Postgres, func(b *testing.B) { f(b, storetest.Postgres(b).Open(b, nil)) })
}

// BenchmarkThroughput marks singly from 16 goroutines and runs empty jobs, to the last.
func BenchmarkThroughput(b *testing.B) {
	eachDatabase(b, func(b *testing.B, st *store.Store) {
		var left sync.WaitGroup
		left.Add(b.N)
		q := begin(b, st, func(context.Context, store.Work) queue.Outcome { left.Done(); return queue.Done() })
		defer q.Stop(b.Context())
		b.ResetTimer()
		next := make(chan int)
		go func() {
			for i := range b.N {
				next <- i
			}
			close(next)
		}()
		for range 16 {
			go func() {
				for i := range next {
					markOne(b, st, strconv.Itoa(i))
				}
			}()
		}
		left.Wait()
		b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "jobs/s")
	})
}

// BenchmarkStart is the time from a mark to the start of its job, at 50 a second.
func BenchmarkStart(b *testing.B) {
	eachDatabase(b, func(b *testing.B, st *store.Store) {
		var mu sync.Mutex
		var took []time.Duration
		var left sync.WaitGroup
		left.Add(b.N)
		marked := make([]time.Time, b.N)
		q := begin(b, st, func(_ context.Context, w store.Work) queue.Outcome {
			defer left.Done()
			i, err := strconv.Atoi(w.Key)
			if err != nil {
				b.Error(err)
			}
			mu.Lock()
			defer mu.Unlock()
			took = append(took, time.Since(marked[i]))
			return queue.Done()
		})
		defer q.Stop(b.Context())
		tick := time.NewTicker(20 * time.Millisecond)
		defer tick.Stop()
		for i := range b.N {
			<-tick.C
			mu.Lock()
			marked[i] = time.Now()
			mu.Unlock()
			markOne(b, st, strconv.Itoa(i))
		}
		left.Wait()
		slices.Sort(took)
		b.ReportMetric(float64(took[len(took)/2].Microseconds())/1000, "p50-ms")
		b.ReportMetric(float64(took[len(took)*99/100].Microseconds())/1000, "p99-ms")
	})
}

func begin(b *testing.B, st *store.Store, h queue.Handler) *queue.Queue {
	q := queue.New(queue.Options{Store: st, Handlers: map[string]queue.Handler{"": h}})
	if err := q.Start(b.Context()); err != nil {
		b.Fatal(err)
	}
	return q
}

func markOne(b *testing.B, st *store.Store, key string) {
	err := st.Update(b.Context(), func(tx *store.Tx) error { return tx.Mark(store.Mark{Pair: "acme", Key: key}) })
	if err != nil {
		b.Error(err)
	}
}
