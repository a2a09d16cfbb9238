package record

import (
	"strconv"
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// TextOf is what a person reads in HTML: paragraphs and headings with an empty line between them, breaks and blocks as
// lines, lists with dashes or numbers, links with their address behind the text, images as their description, no script
// and no style. The result is in the form of Lines. It takes linear time and never fails, as browsers never do.
func TextOf(src string) string {
	z := html.NewTokenizer(strings.NewReader(src))
	w := textWriter{}
	for {
		switch z.Next() {
		case html.ErrorToken:
			w.endLinks(0)
			return Lines(w.b.String())
		case html.TextToken:
			if w.hidden == 0 {
				w.text(string(z.Text()))
			}
		case html.StartTagToken, html.SelfClosingTagToken:
			name, more := z.TagName()
			w.open(atom.Lookup(name), func(key string) string {
				for more {
					var k, v []byte
					if k, v, more = z.TagAttr(); string(k) == key {
						return string(v)
					}
				}
				return ""
			})
		case html.EndTagToken:
			name, _ := z.TagName()
			w.close(atom.Lookup(name))
		}
	}
}

// textWriter lays text out in lines. Line breaks are owed until text follows, so that blocks in blocks do not add up.
type textWriter struct {
	b       strings.Builder
	breaks  int  // line feeds owed before the next text: 1 or 2
	space   bool // a space is owed
	marker  string
	hidden  int // open elements whose text nobody reads
	verbose int // open pre elements, whose line feeds count
	lists   []list
	links   []link
}

// list is an open list; links are open links with where their text begins.
type (
	list struct {
		ordered bool
		items   int
	}
	link struct {
		to   string
		from int
	}
)

// depthMax bounds what malformed input can pile up.
const depthMax = 100

func (w *textWriter) open(a atom.Atom, attr func(string) string) {
	switch a {
	case atom.Script, atom.Style, atom.Title, atom.Template, atom.Iframe, atom.Noembed, atom.Noframes, atom.Noscript:
		w.hidden++
	case atom.Br:
		w.breaks = min(w.breaks+1, 2)
	case atom.Li:
		w.block(1)
		w.marker = w.nextItem()
	case atom.Ul, atom.Ol:
		w.block(1)
		if len(w.lists) < depthMax {
			w.lists = append(w.lists, list{ordered: a == atom.Ol})
		}
	case atom.A:
		w.endLinks(0) // links do not nest
		w.links = append(w.links, link{strings.TrimSpace(attr("href")), w.b.Len()})
	case atom.Img:
		if alt := attr("alt"); alt != "" && w.hidden == 0 {
			w.text(alt)
		}
	case atom.Td, atom.Th:
		w.space = true
	case atom.Pre:
		w.verbose++
		w.block(2)
	default:
		w.block(margin(a))
	}
}

func (w *textWriter) close(a atom.Atom) {
	switch a {
	case atom.Script, atom.Style, atom.Title, atom.Template, atom.Iframe, atom.Noembed, atom.Noframes, atom.Noscript:
		w.hidden = max(w.hidden-1, 0)
	case atom.Ul, atom.Ol:
		w.block(1)
		if len(w.lists) > 0 {
			w.lists = w.lists[:len(w.lists)-1]
		}
	case atom.A:
		w.endLinks(0)
	case atom.Br:
		w.breaks = min(w.breaks+1, 2) // browsers read </br> so
	case atom.Pre:
		w.verbose = max(w.verbose-1, 0)
		w.block(2)
	default:
		w.block(margin(a))
	}
}

// margin is how many line feeds stand around an element: 2 for paragraphs, 1 for other blocks, 0 inside a line.
func margin(a atom.Atom) int {
	switch a {
	case atom.P, atom.H1, atom.H2, atom.H3, atom.H4, atom.H5, atom.H6, atom.Blockquote, atom.Table, atom.Hr:
		return 2
	case atom.Div, atom.Li, atom.Tr, atom.Section, atom.Article, atom.Header, atom.Footer, atom.Main, atom.Address, atom.Dl, atom.Dt, atom.Dd,
		atom.Form, atom.Fieldset, atom.Figure, atom.Figcaption, atom.Details, atom.Summary, atom.Body, atom.Html, atom.Head, atom.Option:
		return 1
	}
	return 0
}

func (w *textWriter) block(n int) { w.breaks = max(w.breaks, n) }

// nextItem is what stands before an item of the innermost list.
func (w *textWriter) nextItem() string {
	if len(w.lists) == 0 {
		return "- "
	}
	l := &w.lists[len(w.lists)-1]
	l.items++
	if !l.ordered {
		return "- "
	}
	return strconv.Itoa(l.items) + ". "
}

// text writes a run of text: white space is one space, but for line feeds in pre.
func (w *textWriter) text(s string) {
	for len(s) > 0 {
		i := strings.IndexAny(s, " \t\r\n\f")
		if i < 0 {
			w.word(s)
			return
		}
		if i > 0 {
			w.word(s[:i])
		}
		w.space = true
		if w.verbose > 0 && s[i] == '\n' {
			w.breaks = min(w.breaks+1, 2)
		}
		s = s[i+1:]
	}
}

func (w *textWriter) word(s string) {
	switch {
	case w.b.Len() == 0:
	case w.breaks > 0:
		w.b.WriteString("\n\n"[:w.breaks])
	case w.space:
		w.b.WriteByte(' ')
	}
	w.b.WriteString(w.marker)
	w.b.WriteString(s)
	w.breaks, w.space, w.marker = 0, false, ""
}

// endLinks closes open links down to a depth: the address follows the text, unless the text says it already.
func (w *textWriter) endLinks(depth int) {
	for len(w.links) > depth {
		l := w.links[len(w.links)-1]
		w.links = w.links[:len(w.links)-1]
		shown := strings.TrimSpace(w.b.String()[min(l.from, w.b.Len()):])
		if w.hidden > 0 || !worthShowing(l.to, shown) {
			continue
		}
		if shown != "" {
			w.space = true
			w.word("(" + l.to + ")")
		} else {
			w.word(l.to)
		}
	}
}

// worthShowing says whether a link's address tells more than its text.
func worthShowing(to, text string) bool {
	scheme, rest, ok := strings.Cut(to, ":")
	if !ok {
		return false // an address within a page that is not here
	}
	switch strings.ToLower(scheme) {
	case "http", "https":
		return Website(to) != Website(text)
	case "mailto", "tel":
		return rest != text
	}
	return false
}

// HTMLOf writes a plain text as HTML: a paragraph for each block of lines, breaks within. TextOf gives Lines(text) back.
func HTMLOf(text string) string {
	text = Lines(text)
	if text == "" {
		return ""
	}
	var b strings.Builder
	b.Grow(len(text) + len(text)/8 + 16)
	for block := range strings.SplitSeq(text, "\n\n") {
		b.WriteString("<p>")
		b.WriteString(strings.ReplaceAll(html.EscapeString(block), "\n", "<br>"))
		b.WriteString("</p>")
	}
	return b.String()
}
