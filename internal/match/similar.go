package match

import "strings"

// level is how far two values of one field agree.
type level uint8

const (
	missing  level = iota // one of them says nothing
	differs               // two values that no mistake turns into each other
	loose                 // a resemblance that chance makes too: several mistakes, an abbreviation
	initial               // a letter that can stand for the other
	nickname              // a short form by the table of names
	near                  // what one slip of the hand or of the ear does
	common                // the same e-mail or phone, but an office's or held by several people
	same
	levels
)

// wordLevel compares two folded words: near is one edit in four letters, or Jaro-Winkler from 0.92; loose from 0.80. Both
// bounds are those of the literature (Winkler 1990), not of any data here.
func wordLevel(a, b string) level {
	switch {
	case a == "" || b == "":
		return missing
	case a == b:
		return same
	case len(a) < 2 || len(b) < 2:
		return differs
	}
	if !within(a, b) {
		return differs
	}
	if one := max(len(a), len(b)) >= 4 && oneEdit(a, b); one {
		return near
	}
	switch jw := jaroWinkler(a, b); {
	case jw >= 0.92 && min(len(a), len(b)) >= 4:
		return near
	case jw >= 0.80:
		return loose
	}
	return differs
}

// within says, fast, whether Jaro-Winkler can reach 0.80 at all: letters that the other word has not cannot match.
func within(a, b string) bool {
	var has uint64
	for i := range len(b) {
		has |= 1 << (b[i] & 63)
	}
	hits := 0
	for i := range len(a) {
		hits += int(has >> (a[i] & 63) & 1)
	}
	hits = min(hits, len(b))
	prefix := 0
	for prefix < min(4, len(a), len(b)) && a[prefix] == b[prefix] {
		prefix++
	}
	m, p := float64(hits), 0.1*float64(prefix)
	jaro := (m/float64(len(a)) + m/float64(len(b)) + 1) / 3
	return hits > 0 && jaro+p*(1-jaro) >= 0.80-1e-9
}

// oneEdit says whether one insertion, deletion, replacement or swap of neighbours turns a into b (Damerau's four). Bytes
// are compared: folded text is nearly always ASCII.
func oneEdit(a, b string) bool {
	if len(a) > len(b) {
		a, b = b, a
	}
	if len(b)-len(a) > 1 {
		return false
	}
	i := 0
	for i < len(a) && a[i] == b[i] {
		i++
	}
	if len(a) < len(b) {
		return a[i:] == b[i+1:]
	}
	if i == len(a) {
		return false // equal
	}
	return a[i+1:] == b[i+1:] || i+1 < len(a) && a[i] == b[i+1] && a[i+1] == b[i] && a[i+2:] == b[i+2:]
}

// jaroWinkler is Winkler's similarity of two words, 0 to 1. Of words over 64 bytes the rest is ignored.
func jaroWinkler(a, b string) float64 {
	a, b = a[:min(64, len(a))], b[:min(64, len(b))]
	window := max(0, max(len(a), len(b))/2-1)
	var usedA, usedB uint64
	hits := 0
	for i := range len(a) {
		for j := max(0, i-window); j < min(len(b), i+window+1); j++ {
			if usedB&(1<<j) == 0 && a[i] == b[j] {
				usedA |= 1 << i
				usedB |= 1 << j
				hits++
				break
			}
		}
	}
	if hits == 0 {
		return 0
	}
	turned, j := 0, 0
	for i := range len(a) {
		if usedA&(1<<i) == 0 {
			continue
		}
		for usedB&(1<<j) == 0 {
			j++
		}
		if a[i] != b[j] {
			turned++
		}
		j++
	}
	m := float64(hits)
	jaro := (m/float64(len(a)) + m/float64(len(b)) + (m-float64(turned/2))/m) / 3
	prefix := 0
	for prefix < min(4, len(a), len(b)) && a[prefix] == b[prefix] {
		prefix++
	}
	return jaro + float64(prefix)*0.1*(1-jaro)
}

// textLevel compares texts of several words in any order (streets, cities, companies): near when nearly all letters are in
// words that both have, loose from half of them.
func textLevel(a, b string) level {
	if a == "" || b == "" {
		return missing
	}
	if a == b {
		return same
	}
	var wa, wb [12]string
	na, nb := words(a, &wa), words(b, &wb)
	var used uint16
	hit, all := 0.0, 0.0
	for _, x := range wa[:na] {
		all += gist(x)
		for j, y := range wb[:nb] {
			if used&(1<<j) == 0 && (x == y || len(x) > 3 && len(y) > 3 && wordLevel(x, y) >= near) {
				used |= 1 << j
				hit += gist(x) + gist(y)
				break
			}
		}
	}
	for _, y := range wb[:nb] {
		all += gist(y)
	}
	switch part := hit / all; {
	case part >= 0.80:
		return near
	case part >= 0.5:
		return loose
	}
	if l := wordLevel(a, b); l >= near { // a space too many or too few
		return l
	}
	return differs
}

func words(s string, into *[12]string) (n int) {
	for w := range strings.FieldsSeq(s) {
		if n == len(into) {
			break
		}
		into[n] = w
		n++
	}
	return n
}

// gist is how much of a text a word carries: its letters, but hardly anything for what half of all streets and companies
// are called.
func gist(word string) float64 {
	switch word {
	case "st", "street", "rd", "road", "ave", "av", "avenue", "dr", "drive", "ln", "lane", "ct", "court", "crt", "pl", "place", "blvd", "boulevard",
		"cl", "close", "cres", "crescent", "cct", "circuit", "hwy", "highway", "pkwy", "parkway", "way", "terrace", "tce", "the", "of", "and", "de", "la",
		"inc", "group", "company", "co", "llc", "ltd", "suite", "ste", "unit", "apt", "floor", "fl", "lot", "flat", "n", "s", "e", "w", "north", "south", "east", "west":
		return 1
	}
	return float64(2 + len(word))
}

// codeLevel compares numbers and codes, in which one slip makes another valid value.
func codeLevel(a, b string) level {
	switch {
	case a == "" || b == "":
		return missing
	case a == b:
		return same
	case max(len(a), len(b)) >= 2 && oneEdit(a, b):
		return near
	}
	return differs
}
