package record

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// SplitName takes a full name apart. Particles belong to the last name (van den Berg, de la Cruz, al-Rashid), and so do
// suffixes (Smith Jr, Smith, PhD); middle names and initials go with the first; "Last, First" is turned round. A single
// name is a first name. Nothing is lost: but for turning round, JoinName gives Name(full) back.
func SplitName(full string) (first, last string) {
	name := Name(full)
	if l, f, ok := strings.Cut(name, ", "); ok || strings.HasSuffix(name, ",") {
		if !ok {
			return SplitName(strings.TrimRight(name, ", "))
		}
		if !allSuffixes(f) {
			return splitTurned(l, f)
		}
	} else if l, f, ok := strings.Cut(name, ","); ok && !allSuffixes(f) {
		return splitTurned(l, f)
	}
	words := strings.Split(name, " ")
	end := len(words) // behind the last word that is no suffix
	for end > 1 && isSuffix(words[end-1]) {
		end--
	}
	if end == 1 {
		if particle(words[0]) && len(words) > 1 {
			return "", name
		}
		return words[0], strings.Join(words[1:], " ")
	}
	from := beforeParticles(words, end-1)
	if from >= 3 && (words[from-1] == "y" || words[from-1] == "e") { // Ortega y Gasset
		from = beforeParticles(words, from-2)
	}
	return strings.Join(words[:from], " "), strings.Join(words[from:], " ")
}

// beforeParticles moves the start of a last name in front of its particles, leaving a first name unless there is none.
func beforeParticles(words []string, from int) int {
	for from > 0 && particle(words[from-1]) && (from > 1 || lowerCase(words[0])) {
		from--
	}
	return from
}

// splitTurned reads "Last, First" and "Last, First, Jr".
func splitTurned(last, rest string) (string, string) {
	last = Name(last)
	var first, suffixes []string
	for p := range strings.SplitSeq(rest, ",") {
		switch p = Name(p); {
		case p == "":
		case len(first) > 0 && allSuffixes(p):
			suffixes = append(suffixes, p)
		default:
			first = append(first, p)
		}
	}
	switch suffix := strings.Join(suffixes, " "); {
	case last == "":
		return SplitName(strings.Join(first, " ") + " " + suffix)
	case len(first) == 0:
		return SplitName(last)
	default:
		return strings.Join(first, " "), JoinName(last, suffix)
	}
}

// JoinName writes the parts of a name behind each other; either may be empty.
func JoinName(first, last string) string { return Name(first + " " + last) }

// particle says whether a word is one that begins a last name. Given names that look like one (Ben, Mac, Mc) are not in it.
func particle(word string) bool {
	switch strings.ToLower(word) {
	case "van", "von", "vom", "vander", "vande", "de", "da", "di", "du", "do", "dos", "das", "des", "del", "della", "dello",
		"degli", "dei", "den", "der", "ten", "ter", "te", "la", "le", "las", "los", "el", "al", "bin", "ibn", "bint", "binti",
		"abu", "zu", "zur", "zum", "af", "av", "'t", "’t", "op", "st.":
		return true
	}
	return false
}

// isSuffix says whether a word behind a name is a generation or a degree.
func isSuffix(word string) bool {
	word = strings.TrimRight(word, ",")
	switch strings.ToLower(strings.ReplaceAll(word, ".", "")) {
	case "jr", "sr", "junior", "senior", "phd", "md", "dds", "dmd", "dvm", "esq", "esquire", "cpa", "mba", "jd", "llm", "rn", "pe", "cfa", "cfp",
		"2nd", "3rd", "4th":
		return true
	}
	switch strings.Trim(word, ".") {
	case "II", "III", "IV", "VI", "VII", "VIII":
		return true
	}
	return false
}

func allSuffixes(s string) bool {
	words := strings.FieldsFunc(s, func(r rune) bool { return r == ',' || r == ' ' })
	for _, w := range words {
		if !isSuffix(w) {
			return false
		}
	}
	return len(words) > 0
}

func lowerCase(word string) bool {
	r, _ := utf8.DecodeRuneInString(word)
	return unicode.IsLower(r) || r == '\'' || r == '’'
}
