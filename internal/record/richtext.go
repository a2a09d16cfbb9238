package record

import "strings"

// richKey is the key of a text that may be HTML: what a person reads. A text that itself reads like HTML ("use <b> here",
// escaped in its source) keeps the escapes, or it would be read once more, and lose words, each time it is looked at.
func richKey(raw string) string {
	text := Lines(raw)
	if LooksLikeHTML(raw) {
		text = TextOf(raw)
	}
	if LooksLikeHTML(text) {
		return HTMLOf(text)
	}
	return text
}

// LooksLikeHTML says whether a text is HTML rather than plain text: it has a tag that people write notes with, or one of
// the entities that an editor makes of common characters. "a < b", <ann@acme.com> and AT&T are plain.
func LooksLikeHTML(s string) bool {
	for i := strings.IndexAny(s, "<&"); i >= 0; {
		if s[i] == '<' && tagAt(s[i+1:]) || s[i] == '&' && entityAt(s[i+1:]) {
			return true
		}
		next := strings.IndexAny(s[i+1:], "<&")
		if next < 0 {
			return false
		}
		i += 1 + next
	}
	return false
}

// tagNameMax is the length of the longest name in isTag.
const tagNameMax = 10

func tagAt(s string) bool {
	s = strings.TrimPrefix(s, "/")
	if strings.HasPrefix(s, "!--") || len(s) > 8 && strings.EqualFold(s[:8], "!doctype") {
		return true
	}
	end := strings.IndexAny(s[:min(len(s), tagNameMax+1)], " \t\r\n/>")
	return end > 0 && isTag(strings.ToLower(s[:end])) && (s[end] == '>' || strings.IndexByte(s[:min(len(s), tagBytesMax)], '>') > 0)
}

// tagBytesMax bounds how far a tag may reach, so that looking is linear in the text.
const tagBytesMax = 4096

func isTag(name string) bool {
	switch name {
	case "a", "b", "blockquote", "body", "br", "code", "div", "em", "font", "h1", "h2", "h3", "h4", "h5", "h6", "head", "hr", "html", "i", "img",
		"li", "ol", "p", "pre", "s", "script", "section", "small", "span", "strike", "strong", "style", "sub", "sup", "table", "tbody", "td", "th",
		"thead", "tr", "u", "ul":
		return true
	}
	return false
}

func entityAt(s string) bool {
	for _, e := range []string{"amp;", "lt;", "gt;", "quot;", "nbsp;", "apos;", "#39;", "#34;"} {
		if strings.HasPrefix(s, e) {
			return true
		}
	}
	return false
}
