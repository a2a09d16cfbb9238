package cli

import (
	"context"
	"strconv"

	"tandem/internal/operate"
)

type deletesVerb struct {
	List    deletesList    `cmd:"" default:"withargs" help:"List them."`
	Approve deletesApprove `cmd:"" help:"Carry them out."`
	Discard deletesDiscard `cmd:"" help:"Drop them: the records stay on the side that still has them."`
}

func (deletesVerb) Help() string {
	return "The guard stops a pair before deletes do damage. The pair goes on once they are approved or discarded.\n\nExample:\n\n    tandem deletes\n    tandem deletes approve --pair acme\n"
}

type deletesList struct {
	pairFlag
	jsonFlag
}

func (deletesList) Help() string { return "Example:\n\n    tandem deletes list --json\n" }

// Run lists held deletes.
func (v deletesList) Run(c *call) error {
	return c.with(func(s *session) error {
		pair, err := s.pair(v.Pair)
		if err != nil {
			return err
		}
		items, err := all(func(cursor string) (operate.HeldPage, error) {
			return s.Held(c.ctx, pair, operate.ListQuery{Cursor: cursor, Limit: 1000})
		})
		if err != nil {
			return err
		}
		return list(c, v.JSON, items, "No delete is held.", []string{"ID", "RECORD", "DELETED IN", "WOULD", "WHY", "SINCE"}, func(x operate.HeldDelete) []string {
			return []string{strconv.FormatInt(x.ID, 10), short(nameOf(x.Record), 60), string(x.Side), x.Effect + " on the other side", x.Reason, when(x.Since)}
		})
	})
}

type deletesApprove struct{ pairFlag }

func (deletesApprove) Help() string { return "Example:\n\n    tandem deletes approve --pair acme\n" }

// Run approves all held deletes of a pair.
func (v deletesApprove) Run(c *call) error {
	return decideHeld(c, v.Pair, "carried out", session.ApproveHeld)
}

type deletesDiscard struct{ pairFlag }

func (deletesDiscard) Help() string { return "Example:\n\n    tandem deletes discard --pair acme\n" }

// Run drops all held deletes of a pair.
func (v deletesDiscard) Run(c *call) error {
	return decideHeld(c, v.Pair, "dropped", session.DiscardHeld)
}

func decideHeld(c *call, name, became string, decide func(session, context.Context, string) (operate.HeldOutcome, error)) error {
	return c.with(func(s *session) error {
		pair, err := s.pair(name)
		if err != nil {
			return err
		}
		out, err := decide(*s, c.ctx, pair)
		if err != nil {
			return err
		}
		c.say("%s: %s %s.", pair, plural(out.Count, "delete is", "deletes are"), became)
		return nil
	})
}

func plural(n int, singular, many string) string {
	if n == 1 {
		return "1 " + singular
	}
	return strconv.Itoa(n) + " " + many
}
