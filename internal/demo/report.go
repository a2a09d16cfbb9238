package demo

import (
	"fmt"
	"io"
	"slices"
	"text/tabwriter"
	"time"

	"tandem/internal/record"
)

// Report is what came of a run.
type Report struct {
	Agree       bool           `json:"agree"`
	In          Sides          `json:"in"`
	Out         Sides          `json:"out"`
	Match       map[string]int `json:"match"`
	Decided     int            `json:"decided_by_person"`
	Missed      int            `json:"missed_by_match"` // the same person, and the match said neither so nor asked
	Companies   int            `json:"companies_decided_by_person"`
	Links       int            `json:"links"`
	WrongLinks  int            `json:"wrong_links"`
	Edits       int            `json:"edits"`
	Asks        int            `json:"asks"`
	Conflicts   int            `json:"conflicts"`
	Errors      int            `json:"errors"`
	Calls       []Calls        `json:"calls"`
	Latency     []Latency      `json:"latency"`
	Differences []string       `json:"differences"`         // nothing explains them
	Explained   []string       `json:"explained,omitempty"` // the record waits for a person
	Seconds     float64        `json:"seconds"`
}

// Sides counts records.
type Sides struct {
	GHL       int `json:"ghl"`
	Commonsku int `json:"commonsku"`
	Clients   int `json:"clients"`
}

// Calls are the API calls that reached one side, over the whole run.
type Calls struct {
	Side        string         `json:"side"`
	Total       int            `json:"total"`
	Throttled   int            `json:"throttled"`
	Faults      map[string]int `json:"faults,omitempty"`
	ByOperation map[string]int `json:"by_operation"`
}

// Latency is how long single edits took to be seen on the other side.
type Latency struct {
	From  record.Side `json:"from"`
	Edits int         `json:"edits"`
	P50   float64     `json:"p50_ms"`
	P99   float64     `json:"p99_ms"`
}

func (r *Report) miss(explained bool, format string, args ...any) {
	text := fmt.Sprintf(format, args...)
	if explained {
		r.Explained = append(r.Explained, text)
		return
	}
	r.Differences = append(r.Differences, text)
}

func percentiles(from record.Side, all []latency) Latency {
	var took []time.Duration
	for _, l := range all {
		if l.from == from {
			took = append(took, l.took)
		}
	}
	out := Latency{From: from, Edits: len(took)}
	if len(took) == 0 {
		return out
	}
	slices.Sort(took)
	at := func(share float64) float64 {
		return float64(took[int(share*float64(len(took)-1)+.5)].Microseconds()) / 1000
	}
	out.P50, out.P99 = at(.5), at(.99)
	return out
}

func (r *Report) print(out io.Writer) {
	w := tabwriter.NewWriter(out, 0, 4, 2, ' ', 0)
	p := func(format string, args ...any) { _, _ = fmt.Fprintf(w, format+"\n", args...) }
	p("")
	p("\tGoHighLevel\tcommonsku")
	p("contacts in\t%d\t%d", r.In.GHL, r.In.Commonsku)
	p("contacts out\t%d\t%d", r.Out.GHL, r.Out.Commonsku)
	p("API calls\t%d\t%d", r.Calls[0].Total, r.Calls[1].Total)
	p("answered 429\t%d\t%d", r.Calls[0].Throttled, r.Calls[1].Throttled)
	p("edit seen on the other side, p50\t%.0f ms\t%.0f ms", r.Latency[0].P50, r.Latency[1].P50)
	p("edit seen on the other side, p99\t%.0f ms\t%.0f ms", r.Latency[0].P99, r.Latency[1].P99)
	p("")
	p("clients in, out\t%d, %d", r.In.Clients, r.Out.Clients)
	p("same person, found by itself\t%d", r.Match["link"])
	p("decided by a person\t%d", r.Decided)
	p("not found, told by a person\t%d", r.Missed)
	p("asks decided by a person (company spellings)\t%d", r.Companies)
	p("wrong links\t%d", r.WrongLinks)
	p("linked at the end\t%d", r.Links)
	p("edits played\t%d", r.Edits)
	p("waiting for a person\t%d asks, %d conflicts, %d errors", r.Asks, r.Conflicts, r.Errors)
	p("")
	_ = w.Flush()
	for _, d := range r.Explained {
		p("waits   %s", d)
	}
	for i, d := range r.Differences {
		if i == 20 {
			p("        and %d more", len(r.Differences)-20)
			break
		}
		p("differs %s", d)
	}
	if r.Agree {
		p("VERDICT: both sides agree in every mapped field, read back over HTTP (%d contacts, %.1f s).", r.Links, r.Seconds)
	} else {
		p("VERDICT: the two sides do NOT agree: %d differences, %d wrong links.", len(r.Differences), r.WrongLinks)
	}
	_ = w.Flush()
}
