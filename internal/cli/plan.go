package cli

import (
	"strings"

	"tandem/internal/operate"
	"tandem/internal/plan"
	"tandem/internal/record"
)

type planVerb struct {
	pairFlag
	jsonFlag
	Mapping bool   `help:"List the field map in force instead."`
	Only    string `placeholder:"KIND" enum:",contact,company,task,note,appointment" default:"" help:"One kind only."`
	Record  string `placeholder:"ID" help:"One record only, by its id on either side."`
	Limit   int    `default:"50" help:"Records to print; 0 for all. --json prints all."`
}

func (planVerb) Help() string {
	return "Nothing is written. Each write has its record, field, old and new value, and the reason.\n\nExample:\n\n    tandem plan --json\n    tandem plan --mapping\n"
}

// Run prints a plan, or the field map.
func (v planVerb) Run(c *call) error {
	return c.with(func(s *session) error {
		pair, err := s.pair(v.Pair)
		if err != nil {
			return err
		}
		if v.Mapping {
			return v.mapping(c, s, pair)
		}
		bar := c.progress()
		p, err := s.Plan(c.ctx, pair, operate.SyncOptions{Only: record.Kind(v.Only), Record: v.Record, Progress: bar.show})
		bar.end()
		switch {
		case err != nil:
			return err
		case v.JSON:
			return c.json(p)
		}
		v.print(c, p)
		return nil
	})
}

func (v planVerb) mapping(c *call, s *session, pair string) error {
	rows, err := s.Mapping(c.ctx, pair)
	if err != nil {
		return err
	}
	return list(c, v.JSON, rows, "No field is mapped.", []string{"KIND", "NAME", "GHL", "", "COMMONSKU", "REMARKS"}, func(r operate.MappingRow) []string {
		arrow := map[string]string{"both": "<->", "ghl_to_commonsku": "-->", "commonsku_to_ghl": "<--"}[r.Direction]
		if arrow == "" {
			arrow = r.Direction
		}
		return []string{string(r.Kind), r.Name, r.GHL, arrow, r.Commonsku, r.Notes}
	})
}

func (v planVerb) print(c *call, p plan.Plan) {
	var rows [][]string
	for i, r := range p.Records {
		if v.Limit > 0 && i == v.Limit {
			break
		}
		who := short(nameOf(operate.RecordName{GHL: r.GHL, Commonsku: r.Commonsku, Label: r.Label}), 60)
		if len(r.Writes) == 0 {
			rows = append(rows, []string{string(r.Action), who, "", "", "", "", r.Reason})
		}
		for _, w := range r.Writes {
			rows = append(rows, []string{string(r.Action), who, string(w.Side), w.Field, short(w.Old.String(), 30), short(w.New.String(), 30), w.Reason})
		}
	}
	if len(rows) > 0 {
		c.table([]string{"ACTION", "RECORD", "SIDE", "FIELD", "OLD", "NEW", "WHY"}, rows)
		c.say("")
	}
	if v.Limit > 0 && len(p.Records) > v.Limit {
		c.say("… and %d records more; --limit 0 or --json print all.\n", len(p.Records)-v.Limit)
	}
	c.say("%s", strings.TrimRight(p.SummaryText(), "\n"))
	c.say("Plan %.12s: %d reads and %d writes. Nothing was written.", p.ID, p.Cost.Reads, p.Cost.Writes)
}
