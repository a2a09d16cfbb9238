package cli

import (
	"strconv"

	"tandem/internal/operate"
	"tandem/internal/record"
)

type conflictsVerb struct {
	List    conflictsList    `cmd:"" default:"withargs" help:"List them."`
	Show    conflictsShow    `cmd:"" help:"Show one."`
	Resolve conflictsResolve `cmd:"" help:"Decide one."`
}

func (conflictsVerb) Help() string {
	return "Example:\n\n    tandem conflicts\n    tandem conflicts resolve 7 --winner ghl\n"
}

type conflictsList struct {
	pairFlag
	jsonFlag
}

func (conflictsList) Help() string { return "Example:\n\n    tandem conflicts list --json\n" }

func conflicts(c *call, s *session, pair string) ([]operate.Conflict, error) {
	return all(func(cursor string) (operate.ConflictPage, error) {
		return s.Conflicts(c.ctx, operate.ListQuery{Pair: pair, Cursor: cursor, Limit: 1000})
	})
}

// Run lists open conflicts.
func (v conflictsList) Run(c *call) error {
	return c.with(func(s *session) error {
		items, err := conflicts(c, s, v.Pair)
		if err != nil {
			return err
		}
		return list(c, v.JSON, items, "No conflict is open.", []string{"ID", "PAIR", "RECORD", "FIELD", "GHL", "COMMONSKU", "SINCE"}, func(x operate.Conflict) []string {
			return []string{strconv.FormatInt(x.ID, 10), x.Pair, short(nameOf(x.Record), 60), x.Field, dash(short(x.GHL.String(), 30)), dash(short(x.Commonsku.String(), 30)), when(x.Since)}
		})
	})
}

type conflictsShow struct {
	ID int64 `arg:"" help:"From the list."`
	jsonFlag
}

func (conflictsShow) Help() string { return "Example:\n\n    tandem conflicts show 7\n" }

// Run shows one conflict.
func (v conflictsShow) Run(c *call) error {
	return c.with(func(s *session) error {
		items, err := conflicts(c, s, "")
		if err != nil {
			return err
		}
		x, err := one(items, v.ID, func(x operate.Conflict) int64 { return x.ID })
		switch {
		case err != nil:
			return err
		case v.JSON:
			return c.json(x)
		}
		c.table([]string{"CONFLICT " + strconv.FormatInt(x.ID, 10), x.Field}, [][]string{
			{"pair", x.Pair}, {"record", nameOf(x.Record)}, {"since", when(x.Since)},
			{"agreed last", dash(x.Base.String())}, {"ghl", dash(x.GHL.String())}, {"commonsku", dash(x.Commonsku.String())},
		})
		return nil
	})
}

type conflictsResolve struct {
	ID     int64   `arg:"" help:"From the list."`
	Winner string  `enum:"ghl,commonsku," default:"" placeholder:"ghl|commonsku" help:"Whose value both sides get."`
	Value  *string `placeholder:"TEXT" help:"A value of your own, for both sides."`
}

func (conflictsResolve) Help() string {
	return "The losing value stays in the record's history. Where a side has moved meanwhile nothing is done: look again.\n\nExample:\n\n    tandem conflicts resolve 7 --winner commonsku\n"
}

// Run decides one conflict.
func (v conflictsResolve) Run(c *call) error {
	if v.Winner == "" && v.Value == nil {
		return &usageError{"say who wins: --winner ghl, --winner commonsku, or --value TEXT"}
	}
	return c.with(func(s *session) error {
		r := operate.Resolution{Winner: record.Side(v.Winner)}
		if v.Value != nil {
			value := record.Text(*v.Value)
			r.Value = &value
		}
		if err := s.ResolveConflict(c.ctx, v.ID, r); err != nil {
			return err
		}
		c.say("Conflict %d is resolved.", v.ID)
		return nil
	})
}
