package record

import "strings"

// particles begin a last name: van den Berg, de la Cruz, al-Sayed.
var particles = map[string]bool{
	"van": true, "von": true, "der": true, "den": true, "de": true, "del": true, "della": true, "di": true, "da": true, "dos": true, "das": true,
	"du": true, "la": true, "le": true, "los": true, "bin": true, "ibn": true, "al": true, "el": true, "ter": true, "ten": true, "zu": true,
	"zur": true, "vom": true, "st": true, "st.": true, "san": true, "santa": true, "mac": true, "ben": true,
}

// suffixes stay with the last name.
var suffixes = map[string]bool{
	"jr": true, "jr.": true, "sr": true, "sr.": true, "ii": true, "iii": true, "iv": true, "phd": true, "ph.d.": true, "md": true, "m.d.": true,
	"esq": true, "esq.": true, "cpa": true,
}

// SplitName splits a full name with care: particles and suffixes belong to the last name, "Last, First" is turned round,
// a single word is a first name.
func SplitName(full string) (first, last string) {
	full = Name(full)
	if before, after, ok := strings.Cut(full, ","); ok {
		after = strings.TrimSpace(after)
		if suffixes[strings.ToLower(after)] { // "Ann Lee, PhD"
			first, last = SplitName(before)
			if last == "" {
				return first, after
			}
			return first, last + ", " + after
		}
		if after != "" && before != "" {
			return after, strings.TrimSpace(before)
		}
	}
	words := strings.Fields(full)
	if len(words) < 2 {
		return full, ""
	}
	i := len(words) - 1
	for i > 1 && suffixes[strings.ToLower(words[i])] {
		i--
	}
	for i > 1 && particles[strings.ToLower(words[i-1])] {
		i--
	}
	return strings.Join(words[:i], " "), strings.Join(words[i:], " ")
}

// JoinName is the full name of two parts.
func JoinName(first, last string) string { return Name(first + " " + last) }
