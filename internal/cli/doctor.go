package cli

import (
	"errors"
	"fmt"
	"strings"

	"tandem/internal/config"
)

type doctorVerb struct{ jsonFlag }

func (doctorVerb) Help() string {
	return "It writes to neither system. Exit code 1 if anything would keep Tandem from working, 2 if the configuration is wrong.\n\nExample:\n\n    tandem doctor\n"
}

// finding is one line of the doctor's.
type finding struct {
	Check string `json:"check"` // config, database, clock, credentials, capabilities, webhooks
	About string `json:"about,omitempty"`
	State string `json:"state"` // ok, warning, failed
	What  string `json:"what"`
	Mend  string `json:"mend,omitempty"`
}

// The states of a finding.
const (
	fine    = "ok"
	warning = "warning"
	failed  = "failed"
)

// Run checks everything, and goes on after what fails.
func (v doctorVerb) Run(c *call) error {
	cfg, err := c.load()
	var findings []finding
	if err != nil {
		findings = aboutMistakes(err)
	} else {
		findings = c.examine(cfg)
	}
	if v.JSON {
		err = errors.Join(err, c.json(findings))
	} else {
		rows := make([][]string, len(findings))
		for i, f := range findings {
			rows[i] = []string{f.State, f.Check, dash(f.About), f.What, f.Mend}
		}
		c.table([]string{"STATE", "CHECK", "ABOUT", "WHAT", "MEND"}, rows)
	}
	if err != nil {
		return &usageError{"the configuration is wrong"}
	}
	bad := 0
	for _, f := range findings {
		if f.State == failed {
			bad++
		}
	}
	if bad > 0 {
		return fmt.Errorf("%s", plural(bad, "check failed", "checks failed"))
	}
	return nil
}

func aboutMistakes(err error) []finding {
	var mistakes config.Mistakes
	if !errors.As(err, &mistakes) {
		return []finding{{"config", "", failed, err.Error(), ""}}
	}
	out := make([]finding, len(mistakes))
	for i, m := range mistakes {
		out[i] = aboutMistake(m, failed)
	}
	return out
}

func aboutMistake(m config.Mistake, state string) finding {
	about := m.File
	if m.Line > 0 {
		about = fmt.Sprintf("%s:%d", m.File, m.Line)
	}
	return finding{"config", about, state, strings.TrimPrefix(m.Key+": "+m.What, ": "), m.Mend}
}

func (c *call) examine(cfg *config.Config) []finding {
	out := []finding{{"config", cfg.File, fine, plural(len(cfg.Pairs), "pair", "pairs"), ""}}
	for _, w := range cfg.Warnings {
		out = append(out, aboutMistake(w, warning))
	}
	out = append(out, c.examineDatabase(cfg)...)
	for _, p := range cfg.Pairs {
		out = append(out, c.examineClock(p)...)
	}
	out = append(out, c.examineAccounts(cfg)...)
	return append(out, c.examineReach(cfg)...)
}
