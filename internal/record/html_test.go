package record

import (
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"
)

func TestTextOf(t *testing.T) {
	for src, want := range map[string]string{
		"":                                   "",
		"plain":                              "plain",
		"<p>One</p><p>Two</p>":               "One\n\nTwo",
		"<p>One<br>Two<br/>Three</p>":        "One\nTwo\nThree",
		"<div>One</div>\n<div>Two</div>":     "One\nTwo",
		"a<br><br><br><br>b":                 "a\n\nb",
		"<p>a</p><p><br></p><p>b</p>":        "a\n\nb",
		"one\n two\t<b>three</b>four":        "one two threefour",
		"<ul><li>one</li><li>two</li></ul>x": "- one\n- two\nx",
		"<ol><li>one<li>two</ol>":            "1. one\n2. two",
		"<ol><li>a<ul><li>b</li></ul></li><li>c</li></ol>":                          "1. a\n- b\n2. c",
		"<ul><li><p>a</p></li></ul>":                                                "- a",
		`see <a href="https://acme.com/x">our site</a>.`:                            "see our site (https://acme.com/x).",
		`<a href="https://acme.com/">acme.com</a>`:                                  "acme.com",
		`<a href="mailto:a@b.co">a@b.co</a> <a href='tel:+1312'>call</a>`:           "a@b.co call (tel:+1312)",
		`<a href="javascript:alert(1)">x</a> <a href="#top">y</a>`:                  "x y",
		`<a href="https://a.co">open`:                                               "open (https://a.co)",
		`<a href="https://a.co"></a>`:                                               "https://a.co",
		`<img src="x.png" alt="A logo"> <img src=y>`:                                "A logo",
		"AT&amp;T &lt;b&gt; &nbsp;&euro; &#8217;&#x27;":                             "AT&T <b> € ’'",
		"a<script>alert('<p>x</p>')</script><style>p{}</style>b":                    "ab",
		"<head><title>T</title></head><body>b</body>":                               "b",
		"a<!-- hidden -->b":                                                         "ab",
		"<table><tr><th>A</th><th>B</th></tr><tr><td>1</td><td>2</td></tr></table>": "A B\n1 2",
		"<pre>a\n  b</pre>":                                                         "a\nb",
		"<h1>Head</h1>text<blockquote>q</blockquote>":                               "Head\n\ntext\n\nq",
		"a < b and 1<2":       "a < b and 1<2",
		"<p":                  "",
		"</p></ul></li></a>x": "x",
	} {
		if got := TextOf(src); got != want {
			t.Errorf("TextOf(%q)\n got %q\nwant %q", src, got, want)
		}
	}
}

func TestHTMLOf(t *testing.T) {
	for text, want := range map[string]string{
		"":            "",
		" \n ":        "",
		"a & b":       "<p>a &amp; b</p>",
		"a\nb\n\n\nc": "<p>a<br>b</p><p>c</p>",
		"<b>x</b>":    "<p>&lt;b&gt;x&lt;/b&gt;</p>",
	} {
		if got := HTMLOf(text); got != want {
			t.Errorf("HTMLOf(%q) = %q, want %q", text, got, want)
		}
	}
}

func TestTextSurvivesHTML(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text := messy().Draw(t, "text")
		if got := TextOf(HTMLOf(text)); got != Lines(text) {
			t.Fatalf("%q came back as %q, want %q", text, got, Lines(text))
		}
	})
}

func FuzzHTML(f *testing.F) {
	for _, s := range []string{"<p>a</p>", "<a href=x><a href=http://y>", "<ol><li><ol>", "<pre>\n\n", "&amp;lt;b&gt;", "<script>", "<plaintext>x"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if got := TextOf(HTMLOf(s)); got != Lines(s) {
			t.Errorf("%q came back as %q, want %q", s, got, Lines(s))
		}
		if text := TextOf(s); text != Lines(text) {
			t.Errorf("TextOf(%q) = %q, which is not in the form of Lines", s, text)
		}
		if once := richKey(s); richKey(once) != once {
			t.Errorf("%q becomes %q, and that %q", s, once, richKey(once))
		}
	})
}

func TestLooksLikeHTML(t *testing.T) {
	for _, s := range []string{"<p>x</p>", "a<br>b", "a<BR/>b", "x</div>", "<a href='y'>z</a>", "AT&amp;T", "a&nbsp;b", "<!-- x -->", "<!DOCTYPE html>"} {
		if !LooksLikeHTML(s) {
			t.Errorf("%q is taken for plain", s)
		}
	}
	for _, s := range []string{"", "a < b > c", "AT&T", "<ann@acme.com>", "1 <2", "<3 you", "x & y; z", "<p", "<pq>"} {
		if LooksLikeHTML(s) {
			t.Errorf("%q is taken for HTML", s)
		}
	}
}

// Megabytes of the worst shapes must take a time in proportion: quadratic code would take minutes.
func TestHTMLTakesLinearTime(t *testing.T) {
	const size = 3 << 20
	for name, unit := range map[string]string{"links": "<a href=http://a.b>x", "lists": "<ol><li>", "open": "<", "entities": "&amp;", "blocks": "<div>a", "spaces": "  \n", "tags": "<p x"} {
		src := strings.Repeat(unit, size/len(unit))
		began := time.Now()
		TextOf(src)
		LooksLikeHTML(src)
		HTMLOf(src)
		if took := time.Since(began); took > 10*time.Second {
			t.Errorf("3 MB of %s took %v", name, took)
		}
	}
}
