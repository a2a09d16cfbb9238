package record

import "strings"

// Name is a text in one line: NFC, without invisible characters, white space collapsed.
func Name(raw string) string { return collapse(raw) }

// plain says that a text has only printable ASCII and white space, which is the common case and needs no tables.
func plain(s string) bool {
	for i := range len(s) {
		if c := s[i]; c >= 0x7f || c < 0x20 && c != '\t' && c != '\n' && c != '\r' {
			return false
		}
	}
	return true
}

// Tag is the canonical form of a tag: lower case, as GHL saves it.
func Tag(raw string) string { return Name(strings.ToLower(Name(raw))) }

// Website is the canonical form of a web address: host in lower case, without scheme and trailing slash.
func Website(raw string) string {
	s := strings.ReplaceAll(Name(raw), " ", "")
	for {
		before := s
		for _, scheme := range []string{"https://", "http://"} {
			if len(s) >= len(scheme) && strings.EqualFold(s[:len(scheme)], scheme) {
				s = s[len(scheme):]
			}
		}
		s = strings.TrimRight(s, "/")
		if s == before {
			break
		}
	}
	host, path, found := strings.Cut(s, "/")
	s = strings.ToLower(host)
	if found {
		s += "/" + path
	}
	return s
}

// companyNoise are the words that say what kind of company it is, not which.
var companyNoise = map[string]bool{
	"inc": true, "incorporated": true, "llc": true, "llp": true, "ltd": true, "limited": true, "gmbh": true, "co": true, "corp": true,
	"corporation": true, "company": true, "plc": true, "pty": true, "ag": true, "sa": true, "bv": true, "lp": true, "pllc": true, "the": true,
}

// CompanyKey is a loose key for *proposing* that two spellings are one company: without legal forms, punctuation, `The`,
// and with & read as and. It never decides.
func CompanyKey(raw string) string {
	words := strings.Fields(FoldLoose(strings.ReplaceAll(raw, "&", " and ")))
	out := words[:0:0]
	for _, w := range words {
		if !companyNoise[w] {
			out = append(out, w)
		}
	}
	if len(out) == 0 {
		out = words
	}
	return strings.Join(out, " ")
}
