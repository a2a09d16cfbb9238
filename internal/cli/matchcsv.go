package cli

import (
	"bufio"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"

	"tandem/internal/operate"
)

// matchHeader is the columns of a match file. The first five are what scripts rely on; only ids and decision are read back.
func matchHeader() []string {
	return []string{"ghl_id", "commonsku_id", "decision", "score", "reason", "ghl_name", "commonsku_name"}
}

func writeMatch(out io.Writer, rows []operate.MatchRow) error {
	w := csv.NewWriter(out)
	if err := w.Write(matchHeader()); err != nil {
		return err
	}
	for _, r := range rows {
		err := w.Write([]string{
			r.GHL, r.Commonsku, r.Decision, strconv.FormatFloat(r.Score, 'f', -1, 64), inert(r.Reason), inert(r.GHLName), inert(r.CommonskuName),
		})
		if err != nil {
			return err
		}
	}
	w.Flush()
	return w.Error()
}

// inert keeps a customer's name from being a formula when the file is opened as a sheet.
func inert(s string) string {
	if s != "" && strings.ContainsRune("=+-@\t\r", rune(s[0])) {
		return "'" + s
	}
	return s
}

// parseMatch reads a match file as people send it back: columns in any order, others beside them, a byte order mark, a
// semicolon for a comma, as sheets of some countries write. All mistakes are told at once, each with its line.
func parseMatch(in io.Reader) ([]operate.MatchRow, error) {
	b := bufio.NewReaderSize(in, 64<<10)
	if mark, err := b.Peek(3); err == nil && string(mark) == "\uFEFF" {
		_, _ = b.Discard(3) // they were just peeked
	}
	r := csv.NewReader(b)
	if head, _ := b.Peek(4096); strings.Contains(firstLine(head), ";") && !strings.Contains(firstLine(head), ",") {
		r.Comma = ';'
	}
	r.FieldsPerRecord, r.ReuseRecord = -1, true
	header, err := r.Read()
	if err != nil {
		return nil, errors.New("is empty or not CSV; `tandem match --export` writes one")
	}
	column := map[string]int{}
	for i, name := range header {
		column[strings.ToLower(strings.TrimSpace(name))] = i
	}
	for _, name := range matchHeader()[:3] {
		if _, ok := column[name]; !ok {
			return nil, fmt.Errorf("line 1: there is no column %s", name)
		}
	}
	p := matchParser{column: column, linked: map[string]int{}}
	for {
		cells, err := r.Read()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, err // names the line itself
		}
		line, _ := r.FieldPos(0)
		p.row(line, cells)
	}
	return p.rows, p.err()
}

func firstLine(b []byte) string {
	line, _, _ := strings.Cut(string(b), "\n")
	return line
}

type matchParser struct {
	column map[string]int
	rows   []operate.MatchRow
	linked map[string]int // line by side and id
	wrong  []string
}

func (p *matchParser) row(line int, cells []string) {
	cell := func(name string) string {
		i, ok := p.column[name]
		if !ok || i >= len(cells) {
			return ""
		}
		return strings.TrimSpace(strings.Clone(cells[i]))
	}
	r := operate.MatchRow{GHL: cell("ghl_id"), Commonsku: cell("commonsku_id"), Decision: strings.ToLower(cell("decision")), Reason: cell("reason")}
	r.Score, _ = strconv.ParseFloat(cell("score"), 64) // shown, never used
	if r.GHL == "" && r.Commonsku == "" && r.Decision == "" {
		return // an empty line of a sheet
	}
	mistake := func(format string, args ...any) {
		p.wrong = append(p.wrong, fmt.Sprintf("line %d: ", line)+fmt.Sprintf(format, args...))
	}
	switch {
	case !slices.Contains([]string{"link", "ask", "create", "apart"}, r.Decision):
		mistake("decision is %q, and must be link, ask, create or apart", r.Decision)
		return
	case r.GHL == "" && r.Commonsku == "":
		mistake("has no id")
		return
	case r.Decision == "link" && (r.GHL == "" || r.Commonsku == ""):
		mistake("link needs ghl_id and commonsku_id")
		return
	}
	if r.Decision == "link" { // I2: a record has one counterpart at most
		for _, id := range []string{"ghl_id " + r.GHL, "commonsku_id " + r.Commonsku} {
			if first, twice := p.linked[id]; twice {
				mistake("%s is linked in line %d already", id, first)
				return
			}
		}
		p.linked["ghl_id "+r.GHL], p.linked["commonsku_id "+r.Commonsku] = line, line
	}
	p.rows = append(p.rows, r)
}

func (p *matchParser) err() error {
	const most = 20
	if len(p.wrong) == 0 {
		return nil
	}
	if more := len(p.wrong) - most; more > 0 {
		p.wrong = append(p.wrong[:most], fmt.Sprintf("and %d more", more))
	}
	return errors.New(strings.Join(p.wrong, "\n"))
}
