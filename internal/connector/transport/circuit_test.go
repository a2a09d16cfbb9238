package transport

import (
	"context"
	"net/http"
	"testing"
	"testing/synctest"
	"time"

	"tandem/internal/connector"
)

func TestASideThatIsDownIsLeftAlone(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		n, down := 0, true
		c := farSide(t, Options{Tries: 1}, func(w http.ResponseWriter, r *http.Request) {
			if n++; down {
				w.WriteHeader(502)
			}
		})
		for range 50 {
			if e := mustFail(t, c, readOne, one); e.Class != connector.Transient {
				t.Fatal(e)
			}
		}
		if n != tripAfter {
			t.Errorf("%d requests to a dead side, want %d", n, tripAfter)
		}
		e := mustFail(t, c, createOne, Request{})
		if e.Class != connector.Transient || e.After <= 0 {
			t.Errorf("a create behind an open circuit: %v, again in %s", e, e.After)
		}
		time.Sleep(e.After)
		mustFail(t, c, readOne, one) // the probe
		mustFail(t, c, readOne, one) // open again, for longer
		if n != tripAfter+1 {
			t.Errorf("%d requests, want one probe", n-tripAfter)
		}
		down = false
		time.Sleep(openAtMost)
		for range 3 {
			if _, err := c.Do(t.Context(), readOne, one); err != nil {
				t.Fatalf("the side is back: %v", err)
			}
		}
	})
}

func TestCallsThatWeCancelSayNothingOfTheSide(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		slow := true
		c := farSide(t, Options{}, func(w http.ResponseWriter, r *http.Request) {
			if slow {
				time.Sleep(time.Minute)
			}
		})
		for range 2 * tripAfter {
			ctx, cancel := context.WithCancel(t.Context())
			time.AfterFunc(time.Second, cancel)
			failsUnder(ctx, t, c, readOne, one)
		}
		slow = false
		if _, err := c.Do(t.Context(), readOne, one); err != nil {
			t.Errorf("after calls that were only cancelled: %v", err)
		}
	})
}
