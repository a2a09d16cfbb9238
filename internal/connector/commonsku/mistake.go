package commonsku

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// Mistake is one thing wrong in a profile, for the person who wrote it.
type Mistake struct {
	File string
	Line int    // 0: not in one place of the file
	Key  string // path of the key, "kinds.contact.fields.email"
	What string
	Mend string
}

// Error is one line: where, which key, what, and the mend.
func (m Mistake) Error() string {
	s := m.File
	if m.Line > 0 {
		s += fmt.Sprintf(":%d", m.Line)
	}
	s += ": "
	if m.Key != "" {
		s += m.Key + ": "
	}
	s += m.What
	if m.Mend != "" {
		s += "; " + m.Mend
	}
	return s
}

// Mistakes are all that is wrong with a profile, in the order of the file.
type Mistakes []Mistake

func (m Mistakes) Error() string {
	lines := make([]string, len(m))
	for i, e := range m {
		lines[i] = e.Error()
	}
	return strings.Join(lines, "\n")
}

func (m Mistakes) sort() {
	slices.SortStableFunc(m, func(a, b Mistake) int { return cmp.Compare(a.Line, b.Line) })
}

// nearest is the choice most like word, by single-character edits; "" if none is near.
func nearest(word string, choices []string) string {
	const longest = 64
	word = word[:min(len(word), longest)]
	best, at := len(word)/3+2, ""
	for _, c := range choices {
		if d := edits(word, c); d < best {
			best, at = d, c
		}
	}
	return at
}

func edits(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			change := diagonal
			if a[i] != b[j] {
				change++
			}
			diagonal, row[j+1] = row[j+1], min(change, row[j]+1, row[j+1]+1)
		}
	}
	return row[len(b)]
}
