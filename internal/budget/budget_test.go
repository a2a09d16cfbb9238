package budget

import (
	"context"
	"errors"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"
)

// warm makes a Budget that has had its first answer.
func warm(t *testing.T, o Options) *Budget {
	t.Helper()
	b := New(o)
	if err := b.Take(t.Context(), Live); err != nil {
		t.Fatal(err)
	}
	b.Done(nil)
	time.Sleep(o.Limits.Interval + o.Limits.Interval/50)
	return b
}

func take(t *testing.T, b *Budget, l Lane) {
	t.Helper()
	if err := b.Take(t.Context(), l); err != nil {
		t.Fatal(err)
	}
}

func TestAFullWindowMakesTheNextCallWaitForItsEnd(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := warm(t, Options{Limits: Limits{Burst: 10, Interval: 10 * time.Second}})
		for range 10 {
			take(t, b, Live)
		}
		time.Sleep(2 * time.Second) // the calls are under way: their places are held all the same
		if left := *b.State().BurstLeft; left != 0 {
			t.Fatalf("%d calls left of a full window", left)
		}
		for range 10 {
			b.Done(nil)
		}
		start := time.Now()
		take(t, b, Live)
		if waited := time.Since(start); waited < 10*time.Second || waited > 10200*time.Millisecond {
			t.Errorf("the eleventh call waited %s after the answers, want one interval", waited)
		}
	})
}

func TestLiveChangesHaveCallsInReserveAndGoFirst(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := warm(t, Options{Limits: Limits{Burst: 100, Interval: 10 * time.Second}})
		swept := 0
		for ; ; swept++ {
			ctx, cancel := context.WithTimeout(t.Context(), time.Second)
			err := b.Take(ctx, Sweep)
			cancel()
			if err != nil {
				break
			}
			b.Done(nil)
		}
		if swept != 97 {
			t.Errorf("sweeps took %d calls of a window of 100, want 97", swept)
		}
		start := time.Now()
		for range 3 {
			take(t, b, Live)
			b.Done(nil)
		}
		if waited := time.Since(start); waited != 0 {
			t.Errorf("live calls waited %s beside a busy sweep", waited)
		}
	})
	synctest.Test(t, func(t *testing.T) {
		b := warm(t, Options{Limits: Limits{Burst: 1, Interval: time.Second}})
		take(t, b, Live)
		order := make(chan Lane, 3)
		for _, l := range []Lane{Backfill, Sweep, Live} {
			go func() {
				if b.Take(t.Context(), l) == nil {
					order <- l
					b.Done(nil)
				}
			}()
			synctest.Wait()
		}
		b.Done(nil)
		if a, b, c := <-order, <-order, <-order; a != Live || b != Sweep || c != Backfill {
			t.Errorf("served %v %v %v, want the most urgent first", a, b, c)
		}
	})
}

func TestWithinALaneFirstComeFirstServed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := warm(t, Options{Limits: Limits{Burst: 1, Interval: time.Second}})
		take(t, b, Live)
		order := make(chan int, 5)
		for i := range 5 {
			go func() {
				if b.Take(t.Context(), Live) == nil {
					order <- i
					b.Done(nil)
				}
			}()
			synctest.Wait()
		}
		b.Done(nil)
		for want := range 5 {
			if got := <-order; got != want {
				t.Fatalf("waiter %d was served in place %d", got, want)
			}
		}
	})
}

func TestACallBeyondItsDeadlineIsRefusedAtOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := warm(t, Options{Limits: Limits{Burst: 1, Interval: 10 * time.Second}})
		take(t, b, Live)
		b.Done(nil)
		ctx, cancel := context.WithTimeout(t.Context(), 5*time.Second)
		defer cancel()
		start := time.Now()
		err := b.Take(ctx, Live)
		var out *Exhausted
		if !errors.As(err, &out) || out.Day || time.Since(start) != 0 {
			t.Fatalf("after %s: %v, want a refusal at once", time.Since(start), err)
		}
		if out.After < 10*time.Second || out.After > 10200*time.Millisecond {
			t.Errorf("it says to come back in %s, want the end of the window", out.After)
		}
		time.Sleep(out.After)
		take(t, b, Live)
	})
}

func TestABackfillStopsAtSeventyPercentOfTheDay(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := New(Options{Limits: Limits{Daily: 100}})
		start := time.Now()
		for range 70 {
			take(t, b, Backfill)
			b.Done(nil)
		}
		var out *Exhausted
		if err := b.Take(t.Context(), Backfill); !errors.As(err, &out) || !out.Day || out.After != 24*time.Hour {
			t.Fatalf("call 71 of a backfill: %v, want the day's end in 24 h", err)
		}
		for range 30 {
			take(t, b, Live)
			b.Done(nil)
		}
		if err := b.Take(t.Context(), Live); !errors.As(err, &out) || !out.Day {
			t.Fatalf("call 101 of the day: %v", err)
		}
		if s := b.State(); *s.DailyLeft != 0 || !s.ResetsAt.Equal(start.Add(24*time.Hour)) || s.BurstLeft != nil {
			t.Errorf("state %+v", s)
		}
		time.Sleep(24 * time.Hour)
		take(t, b, Backfill)
	})
}

func TestTheFirstCallGoesAheadToLearnWhatIsLeft(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := New(Options{Limits: GHL()})
		take(t, b, Live)
		var went atomic.Int32
		for range 20 {
			go func() {
				if b.Take(t.Context(), Live) == nil {
					went.Add(1)
				}
			}()
		}
		synctest.Wait()
		if went.Load() != 0 {
			t.Fatalf("%d calls left before the first answer said what is left", went.Load())
		}
		b.Done(headers("X-RateLimit-Max", "100", "X-RateLimit-Remaining", "5", "X-RateLimit-Interval-Milliseconds", "10000"))
		synctest.Wait()
		if went.Load() != 5 {
			t.Errorf("%d calls left where 5 were, by the header", went.Load())
		}
		time.Sleep(11 * time.Second)
		synctest.Wait()
		if went.Load() != 20 {
			t.Errorf("%d of 20 calls went after the window", went.Load())
		}
	})
}

func TestACancelledWaiterGivesItsPlaceBack(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := warm(t, Options{Limits: Limits{Burst: 1, Interval: time.Second, Daily: 100}})
		take(t, b, Live)
		ctx, cancel := context.WithCancel(t.Context())
		refused := make(chan error)
		go func() { refused <- b.Take(ctx, Live) }()
		synctest.Wait()
		cancel()
		if err := <-refused; !errors.Is(err, context.Canceled) {
			t.Errorf("got %v", err)
		}
		b.Done(nil)
		left := *b.State().DailyLeft
		take(t, b, Live)
		b.Done(nil)
		if now := *b.State().DailyLeft; now != left-1 {
			t.Errorf("a call that never left was counted: %d, then %d", left, now)
		}
		if !b.timerAt.IsZero() {
			t.Error("a timer runs though nobody waits")
		}
	})
}

func TestUnlimitedNeverWaits(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := New(Options{})
		start := time.Now()
		for range 5000 {
			take(t, b, Backfill)
		}
		if time.Since(start) != 0 {
			t.Error("an unlimited budget waited")
		}
	})
}

func BenchmarkTake(b *testing.B) {
	q := New(Options{Limits: Limits{Burst: 1 << 40, Interval: 10 * time.Second, Daily: 1 << 40}})
	ctx := context.Background()
	for b.Loop() {
		if err := q.Take(ctx, Live); err != nil {
			b.Fatal(err)
		}
		q.Done(nil)
	}
}
