package record

import "strings"

// Lines is the canonical form of a text of several lines: each line is as Name leaves it, at most one empty line between
// two others, none at the ends. So wrapping, indenting and line endings of an editor are never an edit.
func Lines(raw string) string {
	if !strings.ContainsAny(raw, "\r\n") {
		return Name(raw)
	}
	raw = strings.ReplaceAll(strings.ReplaceAll(raw, "\r\n", "\n"), "\r", "\n")
	var b strings.Builder
	b.Grow(len(raw))
	empty := false
	for line := range strings.SplitSeq(raw, "\n") {
		line = Name(line)
		if line == "" {
			empty = true
			continue
		}
		if b.Len() > 0 {
			b.WriteByte('\n')
			if empty {
				b.WriteByte('\n')
			}
		}
		b.WriteString(line)
		empty = false
	}
	return b.String()
}
