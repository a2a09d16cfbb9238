package cli

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"

	"tandem/internal/operate"
)

type matchVerb struct {
	pairFlag
	jsonFlag
	Export string `placeholder:"FILE.csv" xor:"what" help:"Write the decisions as CSV; - is standard output."`
	Apply  string `placeholder:"FILE.csv" xor:"what" help:"Take the decisions, edited or not, and make the pair live."`
}

func (matchVerb) Help() string {
	return "Nothing is linked until --apply. The column decision is link, ask, create or apart; edit it as you see fit.\n\nExample:\n\n    tandem match --export match.csv\n    tandem match --apply match.csv\n"
}

// Run shows, exports or applies the first match.
func (v matchVerb) Run(c *call) error {
	var rows []operate.MatchRow
	if v.Apply != "" { // before anything is opened: a mistake in the file costs no call
		var err error
		if rows, err = readMatch(v.Apply); err != nil {
			return err
		}
	}
	return c.with(func(s *session) error {
		pair, err := s.pair(v.Pair)
		if err != nil {
			return err
		}
		if v.Apply != "" {
			return v.apply(c, s, pair, rows)
		}
		rep, err := s.Match(c.ctx, pair)
		if err != nil {
			return err
		}
		switch {
		case v.Export == "-":
			return writeMatch(c.out, rep.Rows)
		case v.Export != "":
			if err := exportMatch(v.Export, rep.Rows); err != nil {
				return err
			}
			c.note("%s: %d link, %d ask, %d create, %d apart. Edit the decisions, then: tandem match --apply %s",
				v.Export, rep.Counts["link"], rep.Counts["ask"], rep.Counts["create"], rep.Counts["apart"], v.Export)
		}
		if v.JSON {
			return c.json(rep)
		}
		if v.Export == "" {
			v.print(c, rep)
		}
		return nil
	})
}

func (v matchVerb) apply(c *call, s *session, pair string, rows []operate.MatchRow) error {
	out, err := s.ApplyMatch(c.ctx, pair, rows)
	if err != nil {
		return err
	}
	if v.JSON {
		err = c.json(out)
	} else {
		c.say("%s is live: %d linked, %d to be created, %d kept apart.", pair, out.Linked, out.Creates, out.Apart)
	}
	for _, r := range out.Refused {
		c.note("not applied: %s", r)
	}
	if left := out.Left + len(out.Refused); left > 0 {
		return errors.Join(err, &needsPerson{plural(left, "row waits", "rows wait") + " for a person: see `tandem asks`"})
	}
	return err
}

// print shows who needs a look first: asks, then links from the least sure.
func (matchVerb) print(c *call, rep operate.MatchReport) {
	const most = 40
	order := []string{"ask", "link"}
	rows := slices.Clone(rep.Rows)
	slices.SortStableFunc(rows, func(a, b operate.MatchRow) int {
		if x, y := slices.Index(order, a.Decision), slices.Index(order, b.Decision); x != y {
			return x - y
		}
		switch {
		case a.Score < b.Score:
			return -1
		case a.Score > b.Score:
			return 1
		}
		return 0
	})
	var cells [][]string
	for _, r := range rows {
		if !slices.Contains(order, r.Decision) || len(cells) == most {
			continue
		}
		cells = append(cells, []string{r.Decision, fmt.Sprintf("%.2f", r.Score), short(who(r.GHLName, r.GHL), 36), short(who(r.CommonskuName, r.Commonsku), 36), short(r.Reason, 70)})
	}
	if len(cells) > 0 {
		c.table([]string{"DECISION", "SCORE", "GHL", "COMMONSKU", "REASON"}, cells)
		if more := rep.Counts["ask"] + rep.Counts["link"] - len(cells); more > 0 {
			c.say("… and %d more; --export or --json give all.", more)
		}
		c.say("")
	}
	c.say("%d link, %d ask, %d create, %d apart. Nothing was linked: see `tandem match --help`.", rep.Counts["link"], rep.Counts["ask"], rep.Counts["create"], rep.Counts["apart"])
}

func who(name, id string) string {
	if name == "" {
		return id
	}
	return name
}

// exportMatch writes the file whole or not at all; it holds customers' names, so only its owner may read it.
func exportMatch(path string, rows []operate.MatchRow) (err error) {
	f, err := os.CreateTemp(filepath.Dir(path), ".match-*.csv") // made with mode 0600
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, os.Remove(f.Name()))
		}
	}()
	if err := errors.Join(writeMatch(f, rows), f.Close()); err != nil {
		return err
	}
	return os.Rename(f.Name(), path)
}

func readMatch(path string) (rows []operate.MatchRow, err error) {
	f, err := os.Open(path) //nolint:gosec // the operator names the file
	if err != nil {
		return nil, &usageError{fmt.Sprintf("%s: cannot be read: %s", path, errors.Unwrap(err))}
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	rows, err = parseMatch(f)
	if err != nil {
		return nil, &usageError{path + ": " + err.Error()}
	}
	return rows, nil
}
