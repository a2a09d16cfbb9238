package record

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/cases"
	"golang.org/x/text/unicode/norm"
)

// Fold is the key under which two spellings are the same client without a question: NFC, full case fold, collapsed
// spaces. Source: semantics, "Companies". Accents and punctuation still tell names apart.
func Fold(raw string) string {
	name := Name(raw)
	if ascii(name) {
		return strings.ToLower(name)
	}
	// Folding can open a composed letter and composing can make one that folds again: the second round settles it.
	next := name
	for range 3 {
		if next = foldCase(name); next == name {
			return name
		}
		name = next
	}
	return min(name, foldCase(name)) // Cherokee, whose cases the library folds into each other for ever
}

func foldCase(s string) string { return Name(cases.Fold().String(s)) }

// FoldLoose is Fold without accents and punctuation, for matching only: apostrophes and full stops vanish (O'Brien is
// obrien, U.S. is us), other punctuation parts words, and compatibility forms are one with the plain ones.
func FoldLoose(raw string) string {
	text := raw
	if !ascii(raw) {
		text = norm.NFKD.String(Fold(norm.NFKD.String(raw)))
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
