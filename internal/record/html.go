package record

import (
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// LooksLikeHTML says whether a text has markup in it.
func LooksLikeHTML(s string) bool {
	i := strings.IndexByte(s, '<')
	return i >= 0 && i+1 < len(s) && strings.IndexByte(s[i:], '>') > 0 && (s[i+1] == '/' || s[i+1] == '!' || s[i+1]|0x20 >= 'a' && s[i+1]|0x20 <= 'z')
}

// TextOf is what a person reads in HTML: paragraphs and breaks as lines, lists with dashes, links with their address.
// Scripts and styles are left out. It takes linear time.
func TextOf(src string) string {
	z := html.NewTokenizer(strings.NewReader(src))
	var w textWriter
	skip := 0
	var href []string
	for {
		switch z.Next() {
		case html.ErrorToken:
			return MultiLine(w.b.String())
		case html.TextToken:
			if skip == 0 {
				w.text(string(z.Text()))
			}
		case html.StartTagToken, html.SelfClosingTagToken:
			name, attrs := z.TagName()
			switch atom.Lookup(name) {
			case atom.Script, atom.Style, atom.Head:
				skip++
			case atom.Br:
				w.line()
			case atom.P, atom.Div, atom.Ul, atom.Ol, atom.H1, atom.H2, atom.H3, atom.H4, atom.H5, atom.H6, atom.Tr, atom.Blockquote, atom.Pre:
				w.block()
			case atom.Li:
				w.block()
				w.b.WriteString("- ")
			case atom.A:
				to := ""
				for attrs {
					var k, v []byte
					k, v, attrs = z.TagAttr()
					if string(k) == "href" {
						to = string(v)
					}
				}
				href = append(href, to)
			}
		case html.EndTagToken:
			name, _ := z.TagName()
			switch atom.Lookup(name) {
			case atom.Script, atom.Style, atom.Head:
				skip = max(0, skip-1)
			case atom.P, atom.Div, atom.Ul, atom.Ol, atom.Li, atom.H1, atom.H2, atom.H3, atom.H4, atom.H5, atom.H6, atom.Tr, atom.Blockquote, atom.Pre:
				w.block()
			case atom.A:
				if n := len(href); n > 0 {
					if to := href[n-1]; to != "" && !strings.HasSuffix(w.b.String(), to) {
						w.b.WriteString(" (" + to + ")")
					}
					href = href[:n-1]
				}
			}
		}
	}
}

// textWriter collects text and knows whether a line is begun.
type textWriter struct{ b strings.Builder }

func (w *textWriter) text(s string) {
	for i, part := range strings.Split(strings.ReplaceAll(s, "\r\n", "\n"), "\n") {
		if i > 0 && !w.atStart() {
			w.b.WriteByte(' ')
		}
		w.b.WriteString(part)
	}
}

func (w *textWriter) line() { w.b.WriteByte('\n') }

func (w *textWriter) block() {
	if !w.atStart() {
		w.b.WriteByte('\n')
	}
}

func (w *textWriter) atStart() bool {
	n := w.b.Len()
	return n == 0 || w.b.String()[n-1] == '\n'
}

// MultiLine is a text of several lines in canonical form: NFC, no trailing white space, at most one empty line in a row.
func MultiLine(raw string) string {
	lines := strings.Split(strings.ReplaceAll(strings.ReplaceAll(raw, "\r\n", "\n"), "\r", "\n"), "\n")
	out := make([]string, 0, len(lines))
	for _, l := range lines {
		l = Name(l)
		if l == "" && (len(out) == 0 || out[len(out)-1] == "") {
			continue
		}
		out = append(out, l)
	}
	return strings.TrimRight(strings.Join(out, "\n"), "\n")
}

// HTMLOf writes a plain text as HTML that TextOf reads back as the same text.
func HTMLOf(text string) string {
	lines := strings.Split(MultiLine(text), "\n")
	for i, l := range lines {
		lines[i] = html.EscapeString(l)
	}
	return "<p>" + strings.Join(lines, "<br>") + "</p>"
}
