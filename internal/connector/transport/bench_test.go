package transport

import (
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"tandem/internal/budget"
)

func BenchmarkDo(b *testing.B) {
	answer := []byte(`{"contact":{"id":"seD4PfOuKoVMLkEZqohJ","firstName":"Ann","email":"ann@example.com"},"traceId":"x"}`)
	c, err := New(Options{Side: "ghl", BaseURL: "http://127.0.0.1", Base: answering(answer), Budget: budget.New(budget.Options{Limits: budget.Limits{Burst: 1 << 40, Interval: time.Second}})})
	if err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for b.Loop() {
		if _, err := c.Do(b.Context(), updateOne, Request{PathParams: one.PathParams, Body: map[string]any{"firstName": "Ann"}}); err != nil {
			b.Fatal(err)
		}
	}
}

// answering costs nothing of its own, so that the benchmark counts the chain alone.
type answering []byte

func (a answering) RoundTrip(*http.Request) (*http.Response, error) {
	return &http.Response{StatusCode: 200, Header: http.Header{}, Body: io.NopCloser(strings.NewReader(string(a))), ContentLength: int64(len(a))}, nil
}
