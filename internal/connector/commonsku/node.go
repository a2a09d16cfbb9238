package commonsku

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"go.yaml.in/yaml/v4"
)

// value is one place of a profile with the path of its key. The nodes are walked by hand, so that every mistake has its
// line and all are told at once.
type value struct {
	r    *reader
	node *yaml.Node
	key  string
}

type reader struct {
	file     string
	mistakes Mistakes
}

func (r *reader) wrong(line int, key, mend, format string, args ...any) {
	r.mistakes = append(r.mistakes, Mistake{File: r.file, Line: line, Key: key, What: fmt.Sprintf(format, args...), Mend: mend})
}

func (v value) wrong(mend, format string, args ...any) {
	v.r.wrong(v.node.Line, v.key, mend, format, args...)
}

func (v value) isNull() bool { return v.node.Kind == yaml.ScalarNode && v.node.ShortTag() == "!!null" }

func (v value) sub(name string) string {
	if v.key == "" {
		return name
	}
	return v.key + "." + name
}

type field struct {
	name string
	read func(value)
}

// mapping reads a mapping with known keys; others are mistakes that name the nearest.
func (v value) mapping(fields ...field) {
	names := make([]string, len(fields))
	for i, f := range fields {
		names[i] = f.name
	}
	v.entries(func(name string, line int, child value) {
		i := slices.Index(names, name)
		if i < 0 {
			v.r.wrong(line, child.key, didYouMean(name, names), "unknown key")
			return
		}
		fields[i].read(child)
	})
}

func didYouMean(name string, choices []string) string {
	if n := nearest(name, choices); n != "" {
		return "did you mean " + n + "?"
	}
	return "known here: " + strings.Join(choices, ", ")
}

// entries reads a mapping with free keys, each at most once.
func (v value) entries(read func(name string, line int, v value)) {
	if v.isNull() {
		return
	}
	if v.node.Kind != yaml.MappingNode {
		v.wrong("write one `key: value` a line below it", "must be a mapping")
		return
	}
	seen := map[string]int{}
	for i := 0; i+1 < len(v.node.Content); i += 2 {
		k := v.node.Content[i]
		if k.Kind != yaml.ScalarNode || k.ShortTag() == "!!merge" {
			v.r.wrong(k.Line, v.key, "write the keys out", "must have plain keys")
			continue
		}
		child := value{v.r, v.node.Content[i+1], v.sub(k.Value)}
		if first, twice := seen[k.Value]; twice {
			v.r.wrong(k.Line, child.key, "remove one of them", "is given twice, first in line %d", first)
			continue
		}
		seen[k.Value] = k.Line
		if child.node.Kind == yaml.AliasNode {
			child.wrong("write it out", "anchors and aliases are not read here")
			continue
		}
		read(k.Value, k.Line, child)
	}
}

func (v value) each(read func(value)) {
	if v.isNull() {
		return
	}
	if v.node.Kind != yaml.SequenceNode {
		v.wrong("begin each element with a dash", "must be a list")
		return
	}
	for i, e := range v.node.Content {
		read(value{v.r, e, fmt.Sprintf("%s[%d]", v.key, i)})
	}
}

func (v value) scalar() (string, bool) {
	if v.node.Kind != yaml.ScalarNode {
		v.wrong("", "must be a single value")
		return "", false
	}
	if v.isNull() {
		return "", true
	}
	return v.node.Value, true
}

func (v value) text(to *string) {
	if s, ok := v.scalar(); ok {
		*to = s
	}
}

func (v value) texts(to *[]string) {
	v.each(func(e value) {
		if s, ok := e.scalar(); ok {
			*to = append(*to, s)
		}
	})
}

// flag reads true or false.
func (v value) flag(to *bool) {
	if s, ok := v.scalar(); ok {
		switch s {
		case "true":
			*to = true
		case "false":
			*to = false
		default:
			v.wrong("write true or false", "%q is neither true nor false", s)
		}
	}
}

// number reads a whole number in [least, most].
func (v value) number(to *int, least, most int) {
	if s, ok := v.scalar(); ok {
		n, err := strconv.Atoi(s)
		if err != nil || n < least || n > most {
			v.wrong(fmt.Sprintf("write a number from %d to %d", least, most), "%q is no such number", s)
			return
		}
		*to = n
	}
}

func (v value) duration(to *time.Duration) {
	if s, ok := v.scalar(); ok {
		d, err := time.ParseDuration(s)
		if err != nil || d <= 0 {
			v.wrong("write it like 1s or 15m", "%q is no length of time", s)
			return
		}
		*to = d
	}
}

// oneOf reads one of a few words.
func oneOf[T ~string](v value, to *T, choices ...T) {
	s, ok := v.scalar()
	if !ok {
		return
	}
	if !slices.Contains(choices, T(s)) {
		words := make([]string, len(choices))
		for i, c := range choices {
			words[i] = string(c)
		}
		v.wrong(didYouMean(s, words), "%q is not known", s)
		return
	}
	*to = T(s)
}

func (v value) isMapping() bool { return v.node.Kind == yaml.MappingNode }

// asText is the text of a single value, without a mistake where it is none.
func (v value) asText() (string, bool) {
	return v.node.Value, v.node.Kind == yaml.ScalarNode
}
