package cli

import (
	"context"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
	"time"

	"tandem/internal/app"
	"tandem/internal/config"
	"tandem/internal/connector"
	"tandem/internal/record"
	"tandem/internal/store"
)

// askWithin bounds each of the doctor's questions.
const askWithin = 20 * time.Second

// examineDatabase opens the database, unless a running service has it.
func (c *call) examineDatabase(cfg *config.Config) []finding {
	path, sqlite := cfg.SQLitePath()
	about := path
	if !sqlite {
		about = "PostgreSQL"
	} else if lock, held, err := store.ReadLock(path); err == nil && held {
		return []finding{{"database", about, fine, fmt.Sprintf("in use by process %d at %s", lock.PID, dash(lock.Address)), ""}}
	}
	st, err := store.Open(c.ctx, store.Options{URL: cfg.Database})
	if err != nil {
		return []finding{{"database", about, failed, err.Error(), "see that it can be reached and written, and that its disk has room"}}
	}
	defer func() { _ = st.Close() }() // it was only looked at
	if err := st.Ping(c.ctx); err != nil {
		return []finding{{"database", about, failed, err.Error(), "see that it can be written, and that its disk has room"}}
	}
	return []finding{{"database", about, fine, "migrated and writable", ""}}
}

// examineClock compares this machine's clock with both systems': who changed something last is decided by it.
func (c *call) examineClock(p config.Pair) []finding {
	var out []finding
	for _, side := range []struct{ name, base string }{{"ghl", p.GHL.BaseURL}, {"commonsku", p.Commonsku.BaseURL}} {
		about := p.Name + " " + side.name
		skew, err := c.skew(side.base)
		switch {
		case err != nil:
			out = append(out, finding{"clock", about, failed, "no answer from " + side.base + ": " + err.Error(), "check base_url, and that this machine may call out"})
		case skew.Abs() > time.Minute:
			out = append(out, finding{"clock", about, failed, fmt.Sprintf("this clock is %s off", skew.Round(time.Second)), "let this machine's clock be set by NTP"})
		case skew.Abs() > 3*time.Second: // the header has whole seconds
			out = append(out, finding{"clock", about, warning, fmt.Sprintf("this clock is %s off", skew.Round(time.Second)), "let this machine's clock be set by NTP"})
		default:
			out = append(out, finding{"clock", about, fine, "agrees", ""})
		}
	}
	return out
}

// skew is how far this clock is ahead of a server's. It sends no credential.
func (c *call) skew(base string) (time.Duration, error) {
	ctx, cancel := context.WithTimeout(c.ctx, askWithin)
	defer cancel()
	r, err := http.NewRequestWithContext(ctx, http.MethodHead, base+"/", nil)
	if err != nil {
		return 0, err
	}
	started := time.Now()
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		return 0, err
	}
	_ = answer.Body.Close() // a HEAD has none
	at, err := http.ParseTime(answer.Header.Get("Date"))
	if err != nil {
		return 0, nil //nolint:nilerr // a server without a clock is no fault of this one's
	}
	// The header's second has begun, on average half a second ago.
	return started.Add(time.Since(started) / 2).Sub(at.Add(500 * time.Millisecond)), nil
}

// examineAccounts asks both accounts who they are, and says what they let Tandem do.
func (c *call) examineAccounts(cfg *config.Config) []finding {
	drivers, err := app.Drivers(cfg, c.quietLogger())
	if err != nil {
		return []finding{{"credentials", "", failed, err.Error(), ""}}
	}
	var out []finding
	for _, p := range cfg.Pairs {
		for _, side := range record.Sides {
			if d := drivers[p.Name][side]; d != nil {
				out = append(out, c.examineAccount(p.Name+" "+string(side), d)...)
			}
		}
	}
	return out
}

func (c *call) examineAccount(about string, d connector.Driver) []finding {
	ctx, cancel := context.WithTimeout(c.ctx, askWithin)
	defer cancel()
	account, err := d.Describe(ctx)
	if err != nil {
		f := finding{"credentials", about, failed, err.Error(), ""}
		if e, ok := connector.AsError(err); ok {
			f.Mend = e.Mend
		}
		return []finding{f}
	}
	out := []finding{{"credentials", about, fine, strings.TrimSpace("accepted: " + account.Name), ""}}
	if len(account.Scopes) > 0 {
		out = append(out, finding{"scopes", about, fine, strings.Join(account.Scopes, " "), ""})
	}
	kinds := d.Can().Kinds
	var writable []string
	for _, kind := range slices.Sorted(maps.Keys(kinds)) {
		can := kinds[kind]
		if can.Ability == connector.Writable {
			writable = append(writable, string(kind))
			continue
		}
		if matters(d.Side(), kind) {
			out = append(out, finding{"capabilities", about, warning, fmt.Sprintf("%s: %s: %s", kind, can.Ability, can.Reason), "changes will flow from here to the other side only"})
		}
	}
	return append(out, finding{"capabilities", about, fine, "can write " + dash(strings.Join(writable, ", ")), ""})
}

// matters says whether it is news that an account cannot write a kind: people who work there are never written, and in
// GHL a company is a field of its contacts.
func matters(side record.Side, kind record.Kind) bool {
	return kind == record.Contact || kind == record.Company && side == record.Commonsku
}

// examineReach asks for this service by the address under which both systems know it.
func (c *call) examineReach(cfg *config.Config) []finding {
	if cfg.PublicURL == "" {
		return []finding{{"webhooks", "", warning, "no public_url: no webhook will come, changes are found by polling", "set public_url, and a proxy with TLS that leads it here"}}
	}
	ctx, cancel := context.WithTimeout(c.ctx, askWithin)
	defer cancel()
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, cfg.PublicURL+"/healthz", nil)
	if err != nil {
		return []finding{{"webhooks", cfg.PublicURL, failed, err.Error(), "check public_url"}}
	}
	const mend = "start `tandem serve`, and see that the proxy leads there"
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		return []finding{{"webhooks", cfg.PublicURL, warning, "does not answer: " + err.Error(), mend}}
	}
	_ = answer.Body.Close() // its status says all
	if answer.StatusCode != http.StatusOK {
		return []finding{{"webhooks", cfg.PublicURL, warning, "answers " + answer.Status, mend}}
	}
	return []finding{{"webhooks", cfg.PublicURL, fine, "reaches a running service", ""}}
}
