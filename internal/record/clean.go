package record

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/cases"
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

// Fold is the key under which two spellings are the same client without a question: NFC, full case fold, collapsed
// spaces. Source: semantics, "Companies". Accents and punctuation still tell names apart.
func Fold(raw string) string {
	name := Name(raw)
	if ascii(name) {
		return strings.ToLower(name)
	}
	// Folding can open a composed letter and composing can make one that folds again: the second round settles it.
	for range 3 {
		next := Name(cases.Fold().String(name))
		if next == name {
			break
		}
		name = next
	}
	return name
}

// FoldLoose is Fold without accents and punctuation, for matching only: apostrophes and full stops vanish (O'Brien is
// obrien, U.S. is us), other punctuation parts words, and compatibility forms are one with the plain ones.
func FoldLoose(raw string) string {
	text := raw
	if !ascii(raw) {
		text = norm.NFKD.String(Fold(raw))
	}
	var b strings.Builder
	b.Grow(len(text))
	gap := false
	for _, r := range text {
		switch {
		case r >= 'A' && r <= 'Z':
			r += 'a' - 'A'
		case r < utf8.RuneSelf:
		case unicode.Is(unicode.Mn, r):
			continue
		default:
			if s := unaccented(r); s != "" {
				gap = separate(&b, gap)
				b.WriteString(s)
				continue
			}
		}
		switch {
		case r == '\'' || r == '.' || r == '’' || r == '‘' || r == 'ʼ' || r == '`':
		case unicode.IsLetter(r) || unicode.IsNumber(r) || unicode.Is(unicode.M, r):
			gap = separate(&b, gap)
			b.WriteRune(unicode.ToLower(r))
		case weightless(r) || joiner(r):
		default:
			gap = true
		}
	}
	return b.String()
}

// separate writes the space that is due before a word.
func separate(b *strings.Builder, gap bool) bool {
	if gap && b.Len() > 0 {
		b.WriteByte(' ')
	}
	return false
}

// unaccented spells letters that no decomposition takes apart the way people without them do; "" for all others.
func unaccented(r rune) string {
	switch r {
	case 'ø', 'Ø':
		return "o"
	case 'ł', 'Ł':
		return "l"
	case 'đ', 'Đ', 'ð', 'Ð':
		return "d"
	case 'æ', 'Æ':
		return "ae"
	case 'œ', 'Œ':
		return "oe"
	case 'ħ', 'Ħ':
		return "h"
	case 'ı':
		return "i"
	case 'þ', 'Þ':
		return "th"
	case 'ß', 'ẞ':
		return "ss"
	}
	return ""
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

// shaped says that a joiner beside r can mean something: r is of no Latin, Greek or Cyrillic script.
func shaped(r rune) bool { return r >= 0x0590 }
