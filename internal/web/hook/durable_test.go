package hook

import (
	"context"
	"crypto/ed25519"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"tandem/internal/store"
)

// disk stores in a real database.
type disk struct{ s *store.Store }

func (d disk) Accept(ctx context.Context, in store.Delivery) (fresh bool, err error) {
	err = d.s.Update(ctx, func(tx *store.Tx) error {
		fresh, err = tx.InsertDelivery(in)
		return err
	})
	return fresh, err
}

func onDisk(t testing.TB) (*httptest.Server, *store.Store, ed25519.PrivateKey) {
	t.Helper()
	s, err := store.Open(t.Context(), store.Options{URL: "sqlite:" + filepath.Join(t.TempDir(), "t.db")})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	_, key, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(New(Options{Pairs: []Pair{{Name: "acme", LocationID: "L1", Key: public(key)}}, Ingest: disk{s}}))
	t.Cleanup(server.Close)
	return server, s, key
}

func send(url string, key ed25519.PrivateKey, id string) (int, error) {
	body := fmt.Sprintf(`{"type":"ContactUpdate","locationId":"L1","webhookId":%q,"id":"c1","pad":%q}`, id, strings.Repeat("x", 900))
	r, err := http.NewRequest(http.MethodPost, url+"/webhooks/ghl", strings.NewReader(body))
	if err != nil {
		return 0, err
	}
	r.Header.Set("X-GHL-Signature", sign(key, body))
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		return 0, err
	}
	_, err = io.Copy(io.Discard, answer.Body) // or the connection could not be used again
	return answer.StatusCode, errors.Join(err, answer.Body.Close())
}

// TestWhatWasAnswered200IsInTheDatabase (I7), with many senders at once and each delivery sent twice.
func TestWhatWasAnswered200IsInTheDatabase(t *testing.T) {
	server, s, key := onDisk(t)
	var wg sync.WaitGroup
	for i := range 100 {
		for range 2 {
			wg.Go(func() {
				if code, err := send(server.URL, key, fmt.Sprint("w", i)); err != nil || code != 200 {
					t.Errorf("%d %v", code, err)
				}
			})
		}
	}
	wg.Wait()
	if err := s.View(t.Context(), func(tx *store.Tx) error {
		n, _, err := tx.PendingDeliveries("acme")
		if n != 100 {
			t.Errorf("%d stored, want 100", n)
		}
		return err
	}); err != nil {
		t.Fatal(err)
	}
}

// TestAClosedStoreIs429: the vendor comes again after a 429 and after nothing else.
func TestAClosedStoreIs429(t *testing.T) {
	server, s, key := onDisk(t)
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if code, err := send(server.URL, key, "w1"); err != nil || code != 429 {
		t.Errorf("%d %v", code, err)
	}
}

// BenchmarkDurable counts webhooks accepted a second, by 64 senders in this process: signing and sending cost as well.
func BenchmarkDurable(b *testing.B) {
	server, _, key := onDisk(b)
	http.DefaultTransport.(*http.Transport).MaxIdleConnsPerHost = 64 //nolint:forcetypeassert // of the standard library
	var mu sync.Mutex
	var took []time.Duration
	work := make(chan int)
	var wg sync.WaitGroup
	for range 64 {
		wg.Go(func() {
			for i := range work {
				start := time.Now()
				code, err := send(server.URL, key, fmt.Sprint("w", i))
				if err != nil || code != 200 {
					b.Errorf("%d %v", code, err)
				}
				mu.Lock()
				took = append(took, time.Since(start))
				mu.Unlock()
			}
		})
	}
	b.ResetTimer()
	for i := range b.N {
		work <- i
	}
	close(work)
	wg.Wait()
	slices.Sort(took)
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "webhooks/s")
	b.ReportMetric(float64(took[len(took)*99/100].Microseconds())/1000, "p99-ms")
}

// TestASlowSenderIsCutOff: a body that never comes holds a place for a moment only.
func TestASlowSenderIsCutOff(t *testing.T) {
	server := httptest.NewServer(New(Options{Ingest: &shelf{}, ReadWithin: 100 * time.Millisecond}))
	defer server.Close()
	c, err := net.Dial("tcp", server.Listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = c.Close() }()
	if err := c.SetDeadline(time.Now().Add(10 * time.Second)); err != nil {
		t.Fatal(err)
	}
	if _, err := io.WriteString(c, "POST /webhooks/ghl HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\n{"); err != nil {
		t.Fatal(err)
	}
	answer, err := io.ReadAll(c) // to the end: the connection must be closed
	if err != nil || !strings.HasPrefix(string(answer), "HTTP/1.1 408") {
		t.Errorf("%v %s", err, answer)
	}
}
