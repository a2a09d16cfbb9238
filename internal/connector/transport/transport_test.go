package transport

import (
	"context"
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"tandem/internal/budget"
	"tandem/internal/connector"
)

func TestACallSaysWhatItsOperationSays(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var calls []Call
		c := farSide(t, Options{
			Authorize: func(r *http.Request) error { r.Header.Set("Authorization", "Bearer t"); return nil },
			Observe:   func(c Call) { calls = append(calls, c) },
		}, func(w http.ResponseWriter, r *http.Request) {
			body, _ := io.ReadAll(r.Body)
			if got := r.Method + " " + r.URL.EscapedPath() + " " + string(body); got != `PUT /base/contacts/a%2Fb {"x":1}` {
				t.Errorf("sent %s", got)
			}
			if r.Header.Get("Version") != "2021-07-28" || r.Header.Get("Authorization") != "Bearer t" || r.Header.Get("Content-Type") != "application/json" {
				t.Errorf("headers %v", r.Header)
			}
			w.Write([]byte(`{"ok":true,"traceId":"tr-1"}`))
		})
		a, err := c.Do(t.Context(), updateOne, Request{PathParams: map[string]string{"contactId": "a/b"}, Body: map[string]int{"x": 1}})
		if err != nil {
			t.Fatal(err)
		}
		var v struct{ OK bool }
		if err := a.Decode(&v); err != nil || !v.OK || a.Time().IsZero() {
			t.Errorf("answer %s at %s: %v", a.Body, a.Time(), err)
		}
		if len(calls) != 1 || calls[0].Op.ID != updateOne.ID || calls[0].Status != 200 || calls[0].Class != "" || calls[0].TraceID != "tr-1" {
			t.Errorf("observed %+v", calls)
		}
	})
}

func TestACreateWhoseAnswerIsLostIsNeverRepeated(t *testing.T) {
	for name, answer := range map[string]func(http.ResponseWriter){
		"connection reset":     cut,
		"gateway timeout":      func(w http.ResponseWriter) { w.WriteHeader(504) },
		"request timeout":      func(w http.ResponseWriter) { w.WriteHeader(408) },
		"server error":         func(w http.ResponseWriter) { w.WriteHeader(500) },
		"body shorter":         func(w http.ResponseWriter) { w.Header().Set("Content-Length", "90"); w.Write([]byte(`{"contact":`)) },
		"JSON cut off":         func(w http.ResponseWriter) { w.Write([]byte(`{"contact":{"id":"1"`)) },
		"HTML with status 200": func(w http.ResponseWriter) { w.Write([]byte("<html>hold on</html>")) },
		"answer of 60 s":       func(http.ResponseWriter) { time.Sleep(time.Minute) },
	} {
		synctest.Test(t, func(t *testing.T) {
			n := 0
			c := farSide(t, Options{}, func(w http.ResponseWriter, r *http.Request) { n++; io.Copy(io.Discard, r.Body); answer(w) })
			e := mustFail(t, c, createOne, Request{Body: map[string]string{"email": "a@b.example"}})
			if e.Class != connector.Ambiguous || n != 1 {
				t.Errorf("%s: class %s after %d requests, want ambiguous after one", name, e.Class, n)
			}
		})
	}
}

func TestACreateThatWasRefusedForNowIsLeftToTheCaller(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		n := 0
		c := farSide(t, Options{}, func(w http.ResponseWriter, r *http.Request) {
			n++
			w.Header().Set("Retry-After", "1")
			w.WriteHeader(429)
		})
		if e := mustFail(t, c, createOne, Request{}); e.Class != connector.Throttled || e.After != time.Second || n != 1 {
			t.Errorf("%v after %d requests, again in %s", e, n, e.After)
		}
	})
}

func TestACreateThatNeverLeftIsNotAmbiguous(t *testing.T) {
	c, err := New(Options{Side: "ghl", BaseURL: "http://127.0.0.1:1"})
	if err != nil {
		t.Fatal(err)
	}
	_, err = c.Do(t.Context(), createOne, Request{Body: map[string]string{}})
	if connector.ClassOf(err) != connector.Transient || !strings.Contains(err.Error(), "not sent") {
		t.Errorf("connection refused: %v, want transient, not sent", err)
	}
}

func TestARepeatableCallIsTriedAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		n := 0
		c := farSide(t, Options{}, func(w http.ResponseWriter, r *http.Request) {
			switch n++; n {
			case 1:
				cut(w)
			case 2:
				w.WriteHeader(503)
			default:
				w.Write([]byte(`{}`))
			}
		})
		if _, err := c.Do(t.Context(), updateOne, one); err != nil || n != 3 {
			t.Errorf("after %d requests: %v", n, err)
		}
	})
	synctest.Test(t, func(t *testing.T) {
		n := 0
		c := farSide(t, Options{}, func(w http.ResponseWriter, r *http.Request) { n++; w.WriteHeader(503) })
		start := time.Now()
		if e := mustFail(t, c, readOne, one); e.Class != connector.Transient || n != 3 || e.Status != 503 {
			t.Errorf("after %d requests: %v", n, e)
		}
		if took := time.Since(start); took != 150*time.Millisecond { // half of 100 and of 200 ms, by Rand
			t.Errorf("backed off for %s in all", took)
		}
	})
}

func TestRetryAfterIsWaitedForOrTold(t *testing.T) {
	for after, wantTries := range map[string]int{"1": 3, "30": 1} {
		synctest.Test(t, func(t *testing.T) {
			n := 0
			c := farSide(t, Options{}, func(w http.ResponseWriter, r *http.Request) {
				n++
				w.Header().Set("Retry-After", after)
				w.WriteHeader(503)
			})
			e := mustFail(t, c, readOne, one)
			if n != wantTries || e.After.Seconds() < 1 {
				t.Errorf("Retry-After %s: %d requests, After %s", after, n, e.After)
			}
		})
	}
}

func TestARefusalIsNotRepeated(t *testing.T) {
	for status, want := range map[int]connector.Class{400: "invalid", 403: "forbidden", 404: "gone", 405: "absent", 301: "absent", 422: "invalid"} {
		synctest.Test(t, func(t *testing.T) {
			n := 0
			c := farSide(t, Options{}, func(w http.ResponseWriter, r *http.Request) {
				n++
				w.Header().Set("Location", "http://elsewhere.example/")
				w.WriteHeader(status)
			})
			if e := mustFail(t, c, updateOne, one); e.Class != want || n != 1 || e.Op != "ghl contacts.update-contact" {
				t.Errorf("%d: class %s after %d requests (%v)", status, e.Class, n, e)
			}
		})
	}
}

func TestA429StopsTheWholeAccount(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		n := 0
		b := budget.New(budget.Options{Limits: budget.GHL()})
		c := farSide(t, Options{Budget: b}, func(w http.ResponseWriter, r *http.Request) {
			if n++; n == 1 {
				w.WriteHeader(429)
				return
			}
			w.Write([]byte(`{}`))
		})
		if e := mustFail(t, c, createOne, Request{}); e.Class != connector.Throttled || n != 1 {
			t.Fatalf("after %d requests: %v", n, e)
		}
		start := time.Now()
		if _, err := c.Do(t.Context(), readOne, one); err != nil {
			t.Fatal(err)
		}
		if waited := time.Since(start); waited < 10*time.Second {
			t.Errorf("the next call left %s after the 429, want one interval later", waited)
		}
	})
}

func TestWhatTheDayRefusesIsQuota(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := budget.New(budget.Options{Limits: budget.Limits{Daily: 1}})
		c := farSide(t, Options{Budget: b}, func(w http.ResponseWriter, r *http.Request) { w.Write([]byte(`{}`)) })
		if _, err := c.Do(t.Context(), readOne, one); err != nil {
			t.Fatal(err)
		}
		if e := mustFail(t, c, readOne, one); e.Class != connector.Quota || e.After != 24*time.Hour {
			t.Errorf("%v after %s", e, e.After)
		}
	})
}

func TestADeadlineIsNamed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := farSide(t, Options{Tries: 1}, func(w http.ResponseWriter, r *http.Request) { time.Sleep(2 * time.Minute) })
		start := time.Now()
		e := mustFail(t, c, readOne, one)
		if e.Class != connector.Transient || time.Since(start) != 30*time.Second || !strings.Contains(e.Error(), "no answer within 30s") {
			t.Errorf("after %s: %v", time.Since(start), e)
		}
		ctx, cancel := context.WithTimeout(t.Context(), 5*time.Second)
		defer cancel()
		if e := failsUnder(ctx, t, c, readOne, one); !strings.Contains(e.Error(), "caller's deadline (5s)") {
			t.Errorf("got %v", e)
		}
		ctx, stop := context.WithCancel(t.Context())
		time.AfterFunc(time.Second, stop)
		if e := failsUnder(ctx, t, c, createOne, Request{}); e.Class != connector.Ambiguous || !strings.Contains(e.Error(), "cancelled") {
			t.Errorf("a create that was cancelled under way: %v", e)
		}
	})
}

func TestACredentialIsRenewedOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		token, renewals, n := "old", 0, 0
		o := Options{
			Authorize: func(r *http.Request) error { r.Header.Set("Authorization", token); return nil },
			Refresh:   func(context.Context) error { renewals++; token = "new"; return nil },
		}
		c := farSide(t, o, func(w http.ResponseWriter, r *http.Request) {
			if n++; r.Header.Get("Authorization") != "new" {
				w.WriteHeader(401)
			}
		})
		if _, err := c.Do(t.Context(), createOne, Request{}); err != nil || renewals != 1 || n != 2 {
			t.Errorf("%d renewals, %d requests: %v", renewals, n, err)
		}
		token = "revoked"
		o.Refresh = func(context.Context) error { renewals++; return nil }
		c.o.Refresh = o.Refresh
		if e := mustFail(t, c, createOne, Request{}); e.Class != connector.Auth || renewals != 2 {
			t.Errorf("%d renewals: %v", renewals, e)
		}
		c.o.Refresh = func(context.Context) error {
			return &connector.Error{Class: connector.Transient, Op: "ghl oauth", Err: errors.New("no network")}
		}
		if e := mustFail(t, c, createOne, Request{}); e.Class != connector.Transient {
			t.Errorf("a refresh without network looks like %v", e)
		}
	})
}

func TestAnAnswerHasALimit(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		for _, announce := range []bool{true, false} {
			c := farSide(t, Options{BodyMax: 1000, Tries: 1}, func(w http.ResponseWriter, r *http.Request) {
				if announce {
					w.Header().Set("Content-Length", "5000")
				}
				w.Write([]byte(`"` + strings.Repeat("x", 4998) + `"`))
			})
			if e := mustFail(t, c, readOne, one); e.Class != connector.Transient || !strings.Contains(e.Error(), "larger") {
				t.Errorf("announced %v: %v", announce, e)
			}
		}
	})
}

func TestBadInputMakesNoCall(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		n := 0
		c := farSide(t, Options{}, func(http.ResponseWriter, *http.Request) { n++ })
		for _, r := range []Request{{}, {PathParams: map[string]string{"contactId": ".."}}, {PathParams: map[string]string{"contactId": "x"}, Body: func() {}}} {
			if e := mustFail(t, c, updateOne, r); e.Class != connector.Invalid {
				t.Errorf("%v: %v", r, e)
			}
		}
		if n != 0 {
			t.Errorf("%d requests left", n)
		}
	})
}

func TestACredentialNeverTravelsInTheClear(t *testing.T) {
	for url, ok := range map[string]bool{
		"https://services.leadconnectorhq.com": true, "http://127.0.0.1:8080": true, "http://localhost": true, "http://[::1]:9": true,
		"http://services.leadconnectorhq.com": false, "http://10.0.0.7": false, "ftp://x.example": false, "": false, "services": false,
		"https://user:secret@x.example": false, "https://x.example?key=1": false,
	} {
		_, err := New(Options{Side: "ghl", BaseURL: url})
		if (err == nil) != ok {
			t.Errorf("%q: %v", url, err)
		}
		if err != nil && strings.Contains(err.Error(), "secret") {
			t.Errorf("the error shows the password: %v", err)
		}
	}
}
