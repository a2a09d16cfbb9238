package cli

import (
	"strconv"

	"tandem/internal/operate"
)

type errorsVerb struct {
	List    errorsList    `cmd:"" default:"withargs" help:"List them."`
	Show    errorsShow    `cmd:"" help:"Show one."`
	Replay  errorsReplay  `cmd:"" help:"Try again."`
	Discard errorsDiscard `cmd:"" help:"Give up on one."`
}

func (errorsVerb) Help() string {
	return "Example:\n\n    tandem errors\n    tandem errors replay 3\n"
}

type errorsList struct {
	pairFlag
	jsonFlag
}

func (errorsList) Help() string { return "Example:\n\n    tandem errors list --json\n" }

func parkedErrors(c *call, s *session, pair string) ([]operate.ErrorItem, error) {
	return all(func(cursor string) (operate.ErrorPage, error) {
		return s.Errors(c.ctx, operate.ListQuery{Pair: pair, Cursor: cursor, Limit: 1000})
	})
}

// Run lists what was parked.
func (v errorsList) Run(c *call) error {
	return c.with(func(s *session) error {
		items, err := parkedErrors(c, s, v.Pair)
		if err != nil {
			return err
		}
		return list(c, v.JSON, items, "Nothing is parked.", []string{"ID", "PAIR", "WHY", "RECORD", "FIELD", "CAUSE", "MEND"}, func(x operate.ErrorItem) []string {
			return []string{strconv.FormatInt(x.ID, 10), x.Pair, x.Why, short(nameOf(x.Record), 60), dash(x.Field), short(x.Cause, 60), x.Mend}
		})
	})
}

type errorsShow struct {
	ID int64 `arg:"" help:"From the list."`
	jsonFlag
}

func (errorsShow) Help() string { return "Example:\n\n    tandem errors show 3\n" }

// Run shows one error.
func (v errorsShow) Run(c *call) error {
	return c.with(func(s *session) error {
		items, err := parkedErrors(c, s, "")
		if err != nil {
			return err
		}
		x, err := one(items, v.ID, func(x operate.ErrorItem) int64 { return x.ID })
		switch {
		case err != nil:
			return err
		case v.JSON:
			return c.json(x)
		}
		c.table([]string{"ERROR " + strconv.FormatInt(x.ID, 10), x.Why}, [][]string{
			{"pair", x.Pair}, {"record", nameOf(x.Record)}, {"field", dash(x.Field)}, {"since", when(x.Since)},
			{"class", dash(x.Class)}, {"cause", x.Cause}, {"mend", dash(x.Mend)},
		})
		return nil
	})
}

type errorsReplay struct {
	IDs []int64 `arg:"" name:"id" help:"From the list."`
}

func (errorsReplay) Help() string { return "Example:\n\n    tandem errors replay 3 4\n" }

// Run has records tried again.
func (v errorsReplay) Run(c *call) error {
	return c.with(func(s *session) error {
		for _, id := range v.IDs {
			if err := s.Replay(c.ctx, id); err != nil {
				return err
			}
			c.say("Error %d is tried again.", id)
		}
		return nil
	})
}

type errorsDiscard struct {
	ID     int64  `arg:"" help:"From the list."`
	Reason string `required:"" placeholder:"TEXT" help:"Why, for the record's history."`
}

func (errorsDiscard) Help() string {
	return "The record is synced again when it changes.\n\nExample:\n\n    tandem errors discard 3 --reason 'a test contact'\n"
}

// Run gives up on one record.
func (v errorsDiscard) Run(c *call) error {
	return c.with(func(s *session) error {
		if err := s.Discard(c.ctx, v.ID, v.Reason); err != nil {
			return err
		}
		c.say("Error %d is discarded.", v.ID)
		return nil
	})
}
