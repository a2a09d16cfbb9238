package cli

import (
	"fmt"

	"tandem/internal/operate"
)

type explainVerb struct {
	Query string `arg:"" name:"email|phone|id" help:"An e-mail address, a phone number, or an id of either side."`
	jsonFlag
}

func (explainVerb) Help() string {
	return "What the record is linked to, what both sides hold, what was written when and why, and why it is not in step.\n\nExample:\n\n    tandem explain ann@acme.com --json\n"
}

// Run explains one record.
func (v explainVerb) Run(c *call) error {
	return c.with(func(s *session) error {
		x, err := s.Explain(c.ctx, v.Query)
		switch {
		case err != nil:
			return err
		case v.JSON:
			return c.json(x)
		}
		for i, r := range x.Records {
			if i > 0 {
				c.say("")
			}
			c.explain(r)
		}
		return nil
	})
}

func (c *call) explain(r operate.Explained) {
	c.say("%s %s of pair %s", r.Kind, printable(nameOf(operate.RecordName{GHL: r.GHL, Commonsku: r.Commonsku, Label: r.Label})), r.Pair)
	switch {
	case r.Why != "":
		c.say("Not in step: %s. %s", r.Why, printable(r.WhyDetail))
	case r.InStep:
		c.say("In step.")
	case len(r.Pending) > 0:
		c.say("Not in step yet: work is pending.")
	default:
		c.say("Not in step.")
	}
	if r.Link != nil {
		c.say("Link %d (%s) since %s, last in step %s.", r.Link.ID, r.Link.State, when(r.Link.CreatedAt), when(r.Link.SyncedAt))
	} else {
		c.say("Not linked.")
	}
	for _, p := range r.Pending {
		line := fmt.Sprintf("Pending: %s, due %s, tried %d times", p.Cause, when(p.DueAt), p.Attempts)
		if p.WaitsFor != "" {
			line += ", waits for " + p.WaitsFor
		}
		if p.LastError != "" {
			line += ": " + p.LastError
		}
		c.say("%s.", printable(line))
	}
	if len(r.Fields) > 0 {
		c.say("")
		rows := make([][]string, len(r.Fields))
		for i, f := range r.Fields {
			outcome := f.Outcome
			if f.Why != "" {
				outcome += ": " + f.Why
			}
			rows[i] = []string{f.Field, dash(short(f.Base.String(), 30)), dash(short(f.GHL.String(), 30)), dash(short(f.Commonsku.String(), 30)), outcome}
		}
		c.table([]string{"FIELD", "BASE", "GHL", "COMMONSKU", "OUTCOME"}, rows)
	}
	if len(r.History) > 0 {
		c.say("")
		rows := make([][]string, len(r.History))
		for i, e := range r.History {
			rows[i] = []string{when(e.At), e.Action, dash(string(e.Side)), dash(e.Field), dash(short(e.Old.String(), 30)), dash(short(e.New.String(), 30)), e.Reason}
		}
		c.table([]string{"WHEN", "WHAT", "SIDE", "FIELD", "OLD", "NEW", "WHY"}, rows)
	}
}
