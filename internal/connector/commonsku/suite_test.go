package commonsku_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	"tandem/internal/connector"
	"tandem/internal/connector/commonsku"
	"tandem/internal/connector/connectortest"
	"tandem/internal/record"
	"tandem/internal/sandbox"
	"tandem/internal/sandbox/wire"
)

// The whole suite over the wire, each request and each answer of the simulated account held against the contract: so the
// driver and the simulation cannot agree on something that the contract does not have.
func TestTheSuiteSpeaksTheContractBothWays(t *testing.T) {
	w, err := sandbox.Start(sandbox.Options{Seed: 2, Contacts: 30, CommonskuQuota: wire.Quota{Burst: 100_000, Interval: time.Second}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := w.Close(); err != nil {
			t.Error(err)
		}
	})
	check := &conforming{t: t, router: contract(t, w.CommonskuBaseURL, false), answers: true}
	d, err := commonsku.New(commonsku.Options{Pair: "acme", BaseURL: w.CommonskuBaseURL, Base: check,
		Token: func(context.Context) (string, error) { return w.CommonskuToken, nil }})
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	connectortest.Run(t, connectortest.Subject{Driver: d,
		Parent: func(t *testing.T) record.Ref {
			n++
			r, err := d.Write(t.Context(), connector.Write{Verb: connector.Create, Ref: client(""), Fields: fields("name", fmt.Sprintf("Client %d", n))})
			if err != nil {
				t.Fatalf("a client to hang on: %v", err)
			}
			return r.Ref
		},
		Grain: func() { time.Sleep(1100 * time.Millisecond) }, // stamps have whole seconds
		Names: connectortest.Names{First: "first_name", Last: "last_name", Email: "email", Phone: "phone", Street: "street", City: "city", Tags: "tags"}})
	if check.checked < 100 {
		t.Errorf("only %d requests were checked", check.checked)
	}
}
