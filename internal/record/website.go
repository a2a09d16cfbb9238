package record

import "strings"

// Website is the canonical form of a web address, in which two spellings of one site are equal: without http:// or
// https:// and slashes at the end, the host in lower case without its default port. www stays, and so do path and query,
// case and all. Text that is no address stays collapsed text.
func Website(raw string) string {
	s := Name(raw)
	for { // people paste a scheme in front of a scheme
		rest, ok := cutScheme(s)
		if !ok {
			break
		}
		s = rest
	}
	if strings.ContainsAny(s, " @") || strings.Contains(s, "://") {
		return s
	}
	end := strings.IndexAny(s, "/?#")
	if end < 0 {
		end = len(s)
	}
	host, rest := s[:end], strings.TrimRight(s[end:], "/")
	if host == "" {
		return s
	}
	host = Tag(host) // lower case, settled
	for {
		h := strings.TrimSuffix(strings.TrimSuffix(strings.TrimSuffix(host, ":443"), ":80"), ".")
		if h == host || h == "" {
			break
		}
		host = h
	}
	return host + rest
}

// cutScheme takes http:// or https:// off in any case, and a protocol-relative //.
func cutScheme(s string) (string, bool) {
	for _, scheme := range []string{"https://", "http://", "//"} {
		if len(s) > len(scheme) && strings.EqualFold(s[:len(scheme)], scheme) {
			return Name(s[len(scheme):]), true
		}
	}
	return s, false
}
