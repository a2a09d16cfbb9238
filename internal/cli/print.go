package cli

import (
	"encoding/json"
	"fmt"
	"strings"
	"text/tabwriter"
	"time"

	"tandem/internal/operate"
)

// json prints v as it is, indented.
func (c *call) json(v any) error {
	e := json.NewEncoder(c.out)
	e.SetIndent("", "  ")
	e.SetEscapeHTML(false)
	return e.Encode(v)
}

// say prints a line of the output proper.
func (c *call) say(format string, args ...any) { _, _ = fmt.Fprintf(c.out, format+"\n", args...) } // a closed pipe ends the program anyway

// table prints rows under a header, cells separated by at least two spaces. Control characters in cells, which come from
// customers' records, are not for the terminal.
func (c *call) table(header []string, rows [][]string) {
	w := tabwriter.NewWriter(c.out, 0, 0, 2, ' ', 0)
	line := func(cells []string) {
		for i, cell := range cells {
			cells[i] = printable(cell)
		}
		_, _ = fmt.Fprintln(w, strings.TrimRight(strings.Join(cells, "\t"), "\t "))
	}
	line(header)
	for _, r := range rows {
		line(r)
	}
	_ = w.Flush()
}

// printable is s on one line, without what could steer a terminal.
func printable(s string) string {
	return strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x7f || r >= 0x80 && r < 0xa0 || r == '\u2028' || r == '\u2029' || r >= '\u202a' && r <= '\u202e' || r >= '\u2066' && r <= '\u2069' {
			return ' '
		}
		return r
	}, s)
}

// short cuts a text for a table.
func short(s string, runes int) string {
	r := []rune(s)
	if len(r) <= runes {
		return s
	}
	return string(r[:runes-1]) + "…"
}

func when(t time.Time) string {
	if t.IsZero() {
		return "never"
	}
	return t.UTC().Format("2006-01-02 15:04:05Z")
}

func dash(s string) string {
	if s == "" {
		return "-"
	}
	return s
}

func nameOf(n operate.RecordName) string {
	var parts []string
	if n.Label != "" {
		parts = append(parts, n.Label)
	}
	if n.GHL != "" {
		parts = append(parts, "ghl "+n.GHL)
	}
	if n.Commonsku != "" {
		parts = append(parts, "commonsku "+n.Commonsku)
	}
	return strings.Join(parts, ", ")
}

// all reads every page of a list.
func all[T any](read func(cursor string) (operate.Page[T], error)) ([]T, error) {
	out := []T{}
	for cursor := ""; ; {
		p, err := read(cursor)
		if err != nil {
			return nil, err
		}
		out = append(out, p.Items...)
		if p.Next == "" || p.Next == cursor {
			return out, nil
		}
		cursor = p.Next
	}
}

// list prints items as `--json` or as a table.
func list[T any](c *call, asJSON bool, items []T, nothing string, header []string, row func(T) []string) error {
	if asJSON {
		return c.json(operate.Page[T]{Items: items})
	}
	if len(items) == 0 {
		c.say("%s", nothing)
		return nil
	}
	rows := make([][]string, len(items))
	for i, it := range items {
		rows[i] = row(it)
	}
	c.table(header, rows)
	return nil
}

// one finds an item by its id.
func one[T any](items []T, id int64, idOf func(T) int64) (T, error) {
	for _, it := range items {
		if idOf(it) == id {
			return it, nil
		}
	}
	var none T
	return none, &operate.Error{Fault: operate.NotFound, Title: "No such item", Detail: fmt.Sprintf("none that is open has the id %d", id)}
}
