package record

import "strings"

// CompanyKey is a loose key of a company's name, for matching and proposing only, never for identity: FoldLoose without
// a leading "the", with "and" for &, abbreviations closed up (L.L.C. is llc), without the legal form at the end. A name
// made of nothing else keeps its words.
func CompanyKey(name string) string {
	words := strings.Fields(FoldLoose(spelledOut(name)))
	if len(words) > 1 && words[0] == "the" {
		words = words[1:]
	}
	for len(words) > 1 && legalForm(words[len(words)-1]) {
		words = words[:len(words)-1]
	}
	return strings.Join(words, " ")
}

// legalForm says whether a folded last word of a company's name is a legal form, or the "and" left over before one.
// Words that are also common nouns (spa, as, pc) are not in it.
func legalForm(word string) bool {
	switch word {
	case "inc", "incorporated", "llc", "ltd", "limited", "co", "company", "corp", "corporation", "llp", "pllc", "plc", "lp",
		"gmbh", "mbh", "ag", "kg", "kgaa", "ohg", "ug", "ev", "ek", "sa", "sas", "sarl", "srl", "bv", "nv", "vof", "cv", "oy", "oyj",
		"ab", "aps", "kft", "sro", "pty", "pte", "pvt", "kk", "ulc", "ltee", "ltda", "and":
		return true
	}
	return false
}

// spelledOut writes & as a word, which folding would take for punctuation.
func spelledOut(name string) string { return strings.ReplaceAll(name, "&", " and ") }
