package record

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// Name is the canonical form of a name or of any text of one line: NFC, white space collapsed to single spaces and
// trimmed, control characters and what has no width removed. Letter case stays.
func Name(raw string) string {
	if plain(raw) {
		return raw
	}
	return norm.NFC.String(collapse(norm.NFC.String(strings.ToValidUTF8(raw, "\uFFFD"))))
}

// plain says that Name has nothing to do: printable ASCII with single spaces inside.
func plain(s string) bool {
	last := byte(' ')
	for i := range len(s) {
		c := s[i]
		if c < ' ' || c > '~' || c == ' ' && last == ' ' {
			return false
		}
		last = c
	}
	return s == "" || last != ' '
}

func ascii(s string) bool {
	for i := range len(s) {
		if s[i] >= utf8.RuneSelf {
			return false
		}
	}
	return true
}

// collapse makes every run of white space and control characters one space, trims, and drops what has no width. Joiners
// stay between letters that they shape (Persian, Indic scripts, joined emoji).
func collapse(s string) string {
	var b strings.Builder
	b.Grow(len(s))
	var last, held rune // the last rune written; a joiner waiting for its right neighbour
	gap := false
	for _, r := range s {
		switch {
		case unicode.IsSpace(r) || unicode.IsControl(r):
			gap, held = true, 0
			continue
		case weightless(r):
			continue
		case joiner(r):
			held = r
			continue
		}
		if gap && b.Len() > 0 {
			b.WriteByte(' ')
			last = ' '
		}
		if held != 0 && shaped(last) && shaped(r) {
			b.WriteRune(held)
		}
		b.WriteRune(r)
		gap, held, last = false, 0, r
	}
	return b.String()
}

// weightless runes have no width and no meaning in a name: soft hyphen, zero-width space, direction marks, word joiner,
// byte order mark.
func weightless(r rune) bool {
	switch r {
	case 0x00AD, 0x200B, 0x200E, 0x200F, 0x2060, 0xFEFF:
		return true
	}
	return r >= 0x202A && r <= 0x202E || r >= 0x2066 && r <= 0x2069
}

func joiner(r rune) bool { return r == 0x200C || r == 0x200D }

// shaped says that a joiner beside r can mean something: r is no Latin, Greek or Cyrillic letter.
func shaped(r rune) bool {
	return r >= 0x0590 && !unicode.In(r, unicode.Latin, unicode.Greek, unicode.Cyrillic)
}
