package match

import (
	"strings"

	"tandem/internal/record"
)

// name is a person's name in folded form.
type name struct{ first, last, suffix string }

func foldName(first, last string) name {
	n := name{first: record.FoldLoose(first), last: record.FoldLoose(last)}
	for {
		rest, word, ok := cutLast(n.last)
		if !ok {
			break
		}
		switch word {
		case "jr", "junior":
			n.suffix = "jr"
		case "sr", "senior":
			n.suffix = "sr"
		case "ii", "iii", "iv":
			n.suffix = word
		case "phd", "md", "esq", "cpa", "mba":
		default:
			return n.untitled()
		}
		n.last = rest
	}
	return n.untitled()
}

func (n name) untitled() name {
	if title, rest, ok := strings.Cut(n.first, " "); ok {
		switch title {
		case "mr", "mrs", "ms", "miss", "dr", "prof":
			n.first = rest
		}
	}
	return n
}

// cutLast takes the last word off, unless it is the only one.
func cutLast(s string) (rest, word string, ok bool) {
	i := strings.LastIndexByte(s, ' ')
	if i < 0 {
		return s, "", false
	}
	return s[:i], s[i+1:], true
}

// firstLevel compares first names; middle names count only where nothing else speaks.
func firstLevel(a, b string) level {
	l := oneFirst(a, b)
	if l >= near || l == missing || l == nickname {
		return l
	}
	fa, _, moreA := strings.Cut(a, " ")
	fb, _, moreB := strings.Cut(b, " ")
	if !moreA && !moreB {
		return l
	}
	if strings.ReplaceAll(a, " ", "") == strings.ReplaceAll(b, " ", "") {
		return near
	}
	switch short := oneFirst(fa, fb); {
	case short == same && moreA && moreB && wordLevel(a[len(fa)+1:], b[len(fb)+1:]) == differs && len(a)-len(fa) > 2 && len(b)-len(fb) > 2:
		return max(l, loose) // Mary Ann and Mary Beth
	case short == same:
		return near // John and John Q
	default:
		return max(l, short)
	}
}

func oneFirst(a, b string) level {
	switch {
	case a == "" || b == "":
		return missing
	case a == b:
		return same
	case len(a) == 1 || len(b) == 1:
		if a[0] == b[0] {
			return initial
		}
		return differs
	case nicknames(a, b):
		return nickname
	case lookalikes(a, b):
		return loose
	}
	return wordLevel(a, b)
}

// lastLevel compares last names: one of a double name is near, a letter an initial.
func lastLevel(a, b string) level {
	switch {
	case a == "" || b == "":
		return missing
	case a == b:
		return same
	case len(a) == 1 || len(b) == 1:
		if a[0] == b[0] {
			return initial
		}
		return differs
	}
	if strings.IndexByte(a, ' ') >= 0 || strings.IndexByte(b, ' ') >= 0 {
		switch {
		case strings.ReplaceAll(a, " ", "") == strings.ReplaceAll(b, " ", ""):
			return same
		case strings.HasSuffix(a, " "+b), strings.HasPrefix(a, b+" "), strings.HasSuffix(b, " "+a), strings.HasPrefix(b, a+" "):
			return near // Smith-Jones and Jones
		}
	}
	return wordLevel(a, b)
}

// compare gives the levels of two names, and whether they agree only with first and last swapped.
func (n name) compare(o name) (first, last level, swapped bool) {
	first, last = firstLevel(n.first, o.first), lastLevel(n.last, o.last)
	if first <= loose && last <= loose {
		return n.swapped(o, first, last)
	}
	return first, last, false
}

// swapped gives the levels with first and last name of one of them the other way round, where they agree better so than
// the given ones.
func (n name) swapped(o name, first, last level) (level, level, bool) {
	// Which of the two is the wrong way round cannot be told: either reading counts.
	f, l := eitherLevel(n.first, o.last), eitherLevel(n.last, o.first)
	if l == nickname { // a last name has none
		if f == nickname {
			f = near
		}
		f, l = l, f
	}
	if min(f, l) >= nickname || first != missing && last != missing && first+last < f+l && max(f, l) >= near {
		return f, l, true
	}
	return first, last, false
}

func eitherLevel(a, b string) level { return max(firstLevel(a, b), lastLevel(a, b)) }

// Compatible says whether two names can be one person's: equal, a nickname, a typing error, an initial, swapped, or one
// of them missing. Father and son (Jr, Sr) are not. It is what makes an equal e-mail or phone a sure identity.
func Compatible(a, b Person) bool {
	return foldName(a.First, a.Last).compatible(foldName(b.First, b.Last))
}

func (n name) compatible(o name) bool {
	if n.suffix != o.suffix && n.suffix != "" && o.suffix != "" {
		return false
	}
	if n.first == "" && n.last == "" || o.first == "" && o.last == "" {
		return true
	}
	ok := func(l level) bool { return l == missing || l >= initial }
	first, last, _ := n.compare(o)
	return ok(first) && ok(last)
}
