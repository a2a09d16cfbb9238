package record

import (
	"strings"
	"unicode"

	"golang.org/x/text/cases"
	"golang.org/x/text/unicode/norm"
)

// Fold is the key under which two names are the same: equal after NFC, case fold and space collapse. Two clients of one
// folded name are one client. Source: semantics, "Companies".
func Fold(raw string) string {
	s := collapse(raw)
	if isASCII(s) {
		return strings.ToLower(s)
	}
	return norm.NFC.String(foldCase(s))
}

// foldCase decomposes first, so that an accent that itself folds to a letter lands where a second round leaves it.
func foldCase(s string) string {
	return cases.Fold().String(norm.NFD.String(s))
}

// plainLetters are letters that Unicode does not decompose, as people without the key type them.
var plainLetters = strings.NewReplacer("ø", "o", "ł", "l", "đ", "d", "ð", "d", "æ", "ae", "œ", "oe", "þ", "th", "ı", "i", "ħ", "h", "ŧ", "t", "ŋ", "n")

// FoldLoose is for likeness, never for identity: Fold without diacritics, apostrophes and other punctuation. What is left
// are letters and digits in words parted by single spaces.
func FoldLoose(raw string) string {
	s := raw
	if isASCII(s) {
		return words(strings.ToLower(s))
	}
	s = foldCase(norm.NFKD.String(strings.ToValidUTF8(s, "")))
	return words(plainLetters.Replace(norm.NFKD.String(s)))
}

// words drops marks and apostrophes, and reads everything else but letters and digits as a gap.
func words(s string) string {
	var b strings.Builder
	b.Grow(len(s))
	gap := false
	for _, r := range s {
		switch {
		case unicode.IsLetter(r) || unicode.IsNumber(r):
			if gap && b.Len() > 0 {
				b.WriteByte(' ')
			}
			gap = false
			b.WriteRune(r)
		case unicode.IsMark(r) || r == '\'' || r == '’' || r == '‘' || r == '`' || r == 'ʼ' || isInvisible(r):
		default:
			gap = true
		}
	}
	return b.String()
}
