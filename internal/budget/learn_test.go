package budget

import (
	"errors"
	"net/http"
	"testing"
	"testing/synctest"
	"time"
)

func headers(kv ...string) http.Header {
	h := http.Header{}
	for i := 0; i < len(kv); i += 2 {
		h.Set(kv[i], kv[i+1])
	}
	return h
}

func TestHeadersSayWhatSomebodyElseUsed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := warm(t, Options{Limits: GHL()})
		take(t, b, Live)
		b.Done(headers("X-RateLimit-Remaining", "40", "X-RateLimit-Limit-Daily", "200000", "X-RateLimit-Daily-Remaining", "150000", "X-RateLimit-Daily-Reset", "3600000"))
		s := b.State()
		if *s.BurstLeft != 40 || *s.DailyLeft != 150000 || !s.ResetsAt.Equal(time.Now().Add(time.Hour)) {
			t.Errorf("left %d of the window, %d of the day until %s", *s.BurstLeft, *s.DailyLeft, s.ResetsAt)
		}
		// An overtaken answer shows more than there is: it gives nothing back.
		take(t, b, Live)
		b.Done(headers("X-RateLimit-Remaining", "90", "X-RateLimit-Daily-Remaining", "150010"))
		if s := b.State(); *s.BurstLeft > 40 || *s.DailyLeft > 150000 {
			t.Errorf("an older header gave calls back: %d, %d", *s.BurstLeft, *s.DailyLeft)
		}
	})
}

func TestTheFarSidesNewDayIsOurs(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := New(Options{Limits: Limits{Daily: 10}})
		for range 9 {
			take(t, b, Live)
			b.Done(nil)
		}
		take(t, b, Live) // the tenth, answered in their new day
		time.Sleep(2 * time.Hour)
		b.Done(headers("X-RateLimit-Limit-Daily", "10", "X-RateLimit-Daily-Remaining", "9", "X-RateLimit-Daily-Reset", "86400000"))
		if s := b.State(); *s.DailyLeft != 9 || !s.ResetsAt.Equal(time.Now().Add(24*time.Hour)) {
			t.Errorf("left %d until %s", *s.DailyLeft, s.ResetsAt)
		}
	})
}

func TestGarbageInHeadersChangesNothing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := warm(t, Options{Limits: GHL()})
		before := *b.State().BurstLeft
		take(t, b, Live)
		b.Done(headers("X-RateLimit-Max", "many", "X-RateLimit-Remaining", "-3", "X-RateLimit-Interval-Milliseconds", "0", "X-RateLimit-Daily-Reset", "x", "X-RateLimit-Daily-Remaining", "9999999999999999999999"))
		if after := *b.State().BurstLeft; after != before-1 {
			t.Errorf("%d calls left, then %d", before, after)
		}
	})
}

func TestA429StopsEveryLaneForItsTime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := warm(t, Options{Limits: GHL()})
		b.Penalty(7 * time.Second)
		start := time.Now()
		take(t, b, Live)
		if got := time.Since(start); got != 7*time.Second {
			t.Errorf("went on after %s", got)
		}
		b.Done(nil)
		b.Penalty(0)
		start = time.Now()
		take(t, b, Live)
		if got := time.Since(start); got != 10*time.Second {
			t.Errorf("without a time it went on after %s, want one interval", got)
		}
	})
}

func TestTheEndOfTheDayTellsEverybodyWhoWaits(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := warm(t, Options{Limits: Limits{Burst: 1, Interval: time.Second, Daily: 100}})
		take(t, b, Live)
		refused := make(chan error, 1)
		go func() { refused <- b.Take(t.Context(), Live) }()
		synctest.Wait()
		b.DayOut(3 * time.Hour)
		var out *Exhausted
		if err := <-refused; !errors.As(err, &out) || !out.Day || out.After != 3*time.Hour {
			t.Errorf("the waiter heard %v", err)
		}
		b.Done(nil)
		time.Sleep(3 * time.Hour)
		take(t, b, Live)
	})
}
