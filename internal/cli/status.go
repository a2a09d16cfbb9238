package cli

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"tandem/internal/operate"
	"tandem/internal/record"
)

type statusVerb struct {
	pairFlag
	jsonFlag
}

func (statusVerb) Help() string {
	return "Without --pair, all pairs; --json then prints a list, and the one object where there is one pair.\n\nExample:\n\n    tandem status --pair acme --json\n"
}

// Run prints the health of one pair or all.
func (v statusVerb) Run(c *call) error {
	return c.with(func(s *session) error {
		var pairs []operate.Pair
		var err error
		if name, only := s.pair(v.Pair); only == nil {
			var p operate.Pair
			p, err = s.Operator.Pair(c.ctx, name)
			pairs = []operate.Pair{p}
		} else if v.Pair != "" {
			return only
		} else {
			pairs, err = s.Pairs(c.ctx)
		}
		switch {
		case err != nil:
			return err
		case v.JSON && len(pairs) == 1:
			return c.json(pairs[0])
		case v.JSON:
			return c.json(pairs)
		}
		rows := make([][]string, len(pairs))
		for i, p := range pairs {
			rows[i] = []string{
				p.Name, stateOf(p), fmt.Sprintf("%.1fs", p.LagSeconds), strconv.Itoa(p.Queue.Pending), strconv.Itoa(p.Queue.Running),
				waiting(p), left(p.Quota[record.GHL]), left(p.Quota[record.Commonsku]), when(p.LastSweep),
			}
		}
		c.table([]string{"PAIR", "STATE", "LAG", "PENDING", "RUNNING", "WAITS FOR A PERSON", "GHL LEFT", "COMMONSKU LEFT", "LAST SWEEP"}, rows)
		for _, p := range pairs {
			c.limits(p)
		}
		return nil
	})
}

func stateOf(p operate.Pair) string {
	if len(p.Reasons) == 0 {
		return string(p.State)
	}
	return string(p.State) + " (" + strings.Join(p.Reasons, ", ") + ")"
}

func waiting(p operate.Pair) string {
	var parts []string
	add := func(n int, what string) {
		if n > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", n, what))
		}
	}
	add(p.Conflicts, "conflicts")
	add(p.Asks, "asks")
	add(p.Queue.Dead, "errors")
	add(p.Held, "deletes")
	return dash(strings.Join(parts, ", "))
}

func left(q operate.Quota) string {
	count := func(n *int) string {
		if n == nil {
			return "?"
		}
		return strconv.Itoa(*n)
	}
	if q.DailyLeft == nil {
		return count(q.BurstLeft)
	}
	return count(q.BurstLeft) + ", " + count(q.DailyLeft) + " today"
}

// limits says what an account cannot do, in words.
func (c *call) limits(p operate.Pair) {
	for _, side := range record.Sides {
		kinds := p.Capabilities[side]
		for _, kind := range slices.Sorted(maps.Keys(kinds)) {
			if can := kinds[kind]; can.Access != "write" && matters(side, kind) {
				c.say("%s: %s %s: %s: %s", p.Name, side, kind, can.Access, printable(can.Reason))
			}
		}
	}
}
