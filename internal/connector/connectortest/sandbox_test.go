package connectortest_test

import (
	"context"
	"fmt"
	"sync/atomic"
	"testing"
	"time"

	"tandem/internal/connector"
	"tandem/internal/connector/commonsku"
	"tandem/internal/connector/connectortest"
	"tandem/internal/connector/ghl"
	"tandem/internal/record"
	"tandem/internal/sandbox"
	"tandem/internal/sandbox/wire"
)

func world(t *testing.T) *sandbox.World {
	t.Helper()
	w, err := sandbox.Start(sandbox.Options{Seed: 1, Contacts: 40,
		GHLQuota: wire.Quota{Burst: 100_000, Interval: time.Second}, CommonskuQuota: wire.Quota{Burst: 100_000, Interval: time.Second}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := w.Close(); err != nil {
			t.Error(err)
		}
	})
	return w
}

func TestGHL(t *testing.T) {
	w := world(t)
	d, err := ghl.New(ghl.Options{Pair: "acme", BaseURL: w.GHLBaseURL, LocationID: w.LocationID, Token: func(context.Context) (string, error) { return w.GHLToken, nil }})
	if err != nil {
		t.Fatal(err)
	}
	connectortest.Run(t, connectortest.Subject{Driver: d, Grain: func() { time.Sleep(5 * time.Millisecond) },
		Names: connectortest.Names{First: "firstName", Last: "lastName", Email: "email", Phone: "phone", Street: "address1", City: "city", Tags: "tags", Company: "companyName"}})
}

func TestCommonsku(t *testing.T) {
	w := world(t)
	d, err := commonsku.New(commonsku.Options{Pair: "acme", BaseURL: w.CommonskuBaseURL, Token: func(context.Context) (string, error) { return w.CommonskuToken, nil }})
	if err != nil {
		t.Fatal(err)
	}
	var n atomic.Int64
	connectortest.Run(t, connectortest.Subject{Driver: d,
		Parent: func(t *testing.T) record.Ref {
			r, err := d.Write(t.Context(), connector.Write{Verb: connector.Create, Ref: record.Ref{Side: record.Commonsku, Kind: record.Company},
				Fields: map[string]record.Value{"name": record.Text(fmt.Sprintf("Client %d", n.Add(1)))}})
			if err != nil {
				t.Fatalf("a client to hang on: %v", err)
			}
			return r.Ref
		},
		Grain: func() { time.Sleep(1100 * time.Millisecond) }, // stamps have whole seconds
		Names: connectortest.Names{First: "first_name", Last: "last_name", Email: "email", Phone: "phone", Street: "street", City: "city", Tags: "tags"}})
}
