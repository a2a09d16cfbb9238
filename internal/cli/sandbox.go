package cli

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"time"

	"tandem/internal/sandbox"
)

type sandboxVerb struct {
	JSON          bool          `name:"json" help:"Addresses and tokens as one line of JSON."`
	GHLAddr       string        `name:"ghl-addr" default:"127.0.0.1:0" placeholder:"HOST:PORT" help:"Where GHL listens."`
	CommonskuAddr string        `name:"commonsku-addr" default:"127.0.0.1:0" placeholder:"HOST:PORT" help:"Where commonsku listens."`
	WebhookURL    string        `name:"webhook-url" placeholder:"URL" help:"Where GHL's events go."`
	Seed          int64         `default:"1" help:"The same seed makes the same people and the same faults."`
	Contacts      int           `default:"300" help:"People made up over both sides."`
	Faults        string        `placeholder:"FILE" help:"Faults by rate and seed, as JSON."`
	Latency       time.Duration `help:"How long every answer takes at least."`
}

func (sandboxVerb) Help() string {
	return "It runs until it is interrupted, and keeps nothing. People's edits and counters are under /_sandbox/ on GHL's port.\n\nExample:\n\n    tandem sandbox --webhook-url http://127.0.0.1:8080/webhooks/ghl\n    tandem sandbox --json --faults faults.json\n"
}

// Run simulates both systems until an interrupt.
func (v sandboxVerb) Run(c *call) error {
	o := sandbox.Options{GHLAddr: v.GHLAddr, CommonskuAddr: v.CommonskuAddr, WebhookURL: v.WebhookURL, Seed: v.Seed,
		Contacts: v.Contacts, Latency: v.Latency, SearchLag: 2 * time.Second}
	if v.Faults != "" {
		raw, err := os.ReadFile(v.Faults)
		if err != nil {
			return &usageError{fmt.Sprintf("%s: cannot be read: %s", v.Faults, errors.Unwrap(err))}
		}
		if o.Faults, err = sandbox.ParseFaults(raw); err != nil {
			return &usageError{fmt.Sprintf("%s: %s", v.Faults, err)}
		}
	}
	w, err := sandbox.Start(o)
	if err != nil {
		return err
	}
	if v.JSON {
		err = json.NewEncoder(c.out).Encode(w.Describe())
	} else {
		_, err = fmt.Fprintf(c.out, "GHL        %s  location %s  token %s\ncommonsku  %s  token %s\n%s", w.GHLBaseURL, w.LocationID,
			w.GHLToken, w.CommonskuBaseURL, w.CommonskuToken, w.WebhookPublicKeyPEM)
	}
	if err == nil {
		<-c.ctx.Done()
	}
	if closing := w.Close(); err == nil {
		err = closing
	}
	return err
}
