package cli

import (
	"fmt"
	"strconv"

	"tandem/internal/operate"
)

type asksVerb struct {
	List   asksList   `cmd:"" default:"withargs" help:"List them."`
	Show   asksShow   `cmd:"" help:"Show one, with its candidates."`
	Decide asksDecide `cmd:"" help:"Place one."`
}

func (asksVerb) Help() string {
	return "Example:\n\n    tandem asks\n    tandem asks decide 5 link --with 3fa85f64\n"
}

type asksList struct {
	pairFlag
	jsonFlag
}

func (asksList) Help() string { return "Example:\n\n    tandem asks list --json\n" }

func asks(c *call, s *session, pair string) ([]operate.Ask, error) {
	return all(func(cursor string) (operate.AskPage, error) {
		return s.Asks(c.ctx, operate.ListQuery{Pair: pair, Cursor: cursor, Limit: 1000})
	})
}

// Run lists what waits to be placed.
func (v asksList) Run(c *call) error {
	return c.with(func(s *session) error {
		items, err := asks(c, s, v.Pair)
		if err != nil {
			return err
		}
		return list(c, v.JSON, items, "Nobody waits to be placed.", []string{"ID", "PAIR", "WHY", "RECORD", "BEST CANDIDATE", "SCORE", "SINCE"}, func(x operate.Ask) []string {
			best, score := "-", "-"
			if len(x.Candidates) > 0 {
				best, score = who(x.Candidates[0].Label, x.Candidates[0].Ref.ID), fmt.Sprintf("%.2f", x.Candidates[0].Score)
			}
			return []string{strconv.FormatInt(x.ID, 10), x.Pair, x.Why, short(fmt.Sprintf("%s %s %s", who(x.Label, ""), x.Ref.Side, x.Ref.ID), 60), best, score, when(x.Since)}
		})
	})
}

type asksShow struct {
	ID int64 `arg:"" help:"From the list."`
	jsonFlag
}

func (asksShow) Help() string { return "Example:\n\n    tandem asks show 5\n" }

// Run shows one record with its candidates.
func (v asksShow) Run(c *call) error {
	return c.with(func(s *session) error {
		items, err := asks(c, s, "")
		if err != nil {
			return err
		}
		x, err := one(items, v.ID, func(x operate.Ask) int64 { return x.ID })
		switch {
		case err != nil:
			return err
		case v.JSON:
			return c.json(x)
		}
		c.say("%s %s of pair %s: %s. %s", x.Ref.Side, printable(who(x.Label, x.Ref.ID)), x.Pair, x.Why, printable(x.Reason))
		rows := make([][]string, len(x.Candidates))
		for i, k := range x.Candidates {
			rows[i] = []string{k.Ref.ID, string(k.Ref.Side), fmt.Sprintf("%.2f", k.Score), dash(k.Label), k.Reason}
		}
		c.table([]string{"CANDIDATE", "SIDE", "SCORE", "NAME", "REASON"}, rows)
		return nil
	})
}

type asksDecide struct {
	ID       int64  `arg:"" help:"From the list."`
	Decision string `arg:"" enum:"link,create,apart" help:"link (to the record that --with names), create, or apart (neither)."`
	With     string `placeholder:"ID" help:"The other side's record, for link."`
}

func (asksDecide) Help() string { return "Example:\n\n    tandem asks decide 5 link --with 3fa85f64\n" }

// Run places one record.
func (v asksDecide) Run(c *call) error {
	if (v.Decision == "link") != (v.With != "") {
		return &usageError{"link needs --with ID, and the other decisions take none"}
	}
	return c.with(func(s *session) error {
		if err := s.Decide(c.ctx, v.ID, operate.Decision{Decision: v.Decision, With: v.With}); err != nil {
			return err
		}
		c.say("Ask %d is decided: %s.", v.ID, v.Decision)
		return nil
	})
}
