package config

import (
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"go.yaml.in/yaml/v4"
)

// value is one place of the document with the path of its key. Reading walks the nodes by hand: the library's own
// decoding into structs tells Go's names and stops knowing lines where `env:` and `file:` come in.
type value struct {
	r    *reader
	node *yaml.Node
	key  string
}

// reader collects mistakes, and resolves `env:` and `file:`.
type reader struct {
	file     string
	folder   string // that file: paths are relative to
	env      Environment
	mistakes Mistakes
	warnings Mistakes
}

func (r *reader) wrong(line int, key, mend, format string, args ...any) {
	r.mistakes = append(r.mistakes, Mistake{File: r.file, Line: line, Key: key, What: fmt.Sprintf(format, args...), Mend: mend})
}

func (r *reader) warn(line int, key, mend, format string, args ...any) {
	r.warnings = append(r.warnings, Mistake{File: r.file, Line: line, Key: key, What: fmt.Sprintf(format, args...), Mend: mend})
}

func (v value) wrong(mend, format string, args ...any) {
	v.r.wrong(v.line(), v.key, mend, format, args...)
}

func (v value) line() int { return v.node.Line }

// resolved follows an alias. A chain of them cannot be written in YAML.
func (v value) resolved() *yaml.Node {
	if v.node.Kind == yaml.AliasNode && v.node.Alias != nil {
		return v.node.Alias
	}
	return v.node
}

// isNull says that the value is `~`, null, or nothing.
func (v value) isNull() bool {
	n := v.resolved()
	return n.Kind == yaml.ScalarNode && n.ShortTag() == "!!null"
}

func (v value) what() string {
	switch v.resolved().Kind {
	case yaml.MappingNode:
		return "a mapping"
	case yaml.SequenceNode:
		return "a list"
	}
	return "a single value"
}

// field reads one key of a mapping.
type field struct {
	name string
	read func(value)
}

// mapping reads a mapping with the given keys; others are mistakes that name the nearest. It says whether v is one.
// An empty value reads as a mapping without keys.
func (v value) mapping(fields ...field) bool {
	if v.isNull() {
		return true
	}
	n := v.resolved()
	if n.Kind != yaml.MappingNode {
		v.wrong("indent its keys below it", "must be a mapping, not %s", v.what())
		return false
	}
	names := make([]string, len(fields))
	for i, f := range fields {
		names[i] = f.name
	}
	seen := map[string]int{}
	for i := 0; i+1 < len(n.Content); i += 2 {
		k := n.Content[i]
		child := value{v.r, n.Content[i+1], v.sub(k.Value)}
		if first, twice := seen[k.Value]; twice {
			v.r.wrong(k.Line, child.key, "remove one of them", "is given twice, first in line %d", first)
			continue
		}
		seen[k.Value] = k.Line
		known := false
		for _, f := range fields {
			if f.name == k.Value && k.Kind == yaml.ScalarNode {
				f.read(child)
				known = true
			}
		}
		if !known {
			v.unknown(k, names)
		}
	}
	return true
}

func (v value) unknown(k *yaml.Node, names []string) {
	if k.Kind != yaml.ScalarNode || k.Tag == "!!merge" {
		v.r.wrong(k.Line, v.key, "write the keys out", "must have plain keys")
		return
	}
	mend := "known here: " + strings.Join(names, ", ")
	if n := nearest(k.Value, names); n != "" {
		mend = "did you mean " + n + "?"
	}
	v.r.wrong(k.Line, v.sub(k.Value), mend, "unknown key")
}

func (v value) sub(name string) string {
	if v.key == "" {
		return name
	}
	return v.key + "." + name
}

// each reads the elements of a list.
func (v value) each(read func(int, value)) {
	if v.isNull() {
		return
	}
	n := v.resolved()
	if n.Kind != yaml.SequenceNode {
		v.wrong("begin each element with a dash", "must be a list, not %s", v.what())
		return
	}
	for i, e := range n.Content {
		read(i, value{v.r, e, fmt.Sprintf("%s[%d]", v.key, i)})
	}
}

// entries reads a mapping with free keys.
func (v value) entries(read func(name string, v value)) {
	if v.isNull() {
		return
	}
	n := v.resolved()
	if n.Kind != yaml.MappingNode {
		v.wrong("write one `name: value` a line below it", "must be a mapping, not %s", v.what())
		return
	}
	for i := 0; i+1 < len(n.Content); i += 2 {
		read(n.Content[i].Value, value{v.r, n.Content[i+1], v.sub(n.Content[i].Value)})
	}
}

// scalar is the text of a single value with `env:` and `file:` resolved; given says where it came from ("" if in clear).
func (v value) scalar() (text, given string, ok bool) {
	n := v.resolved()
	if n.Kind != yaml.ScalarNode {
		v.wrong("", "must be a single value, not %s", v.what())
		return "", "", false
	}
	if v.isNull() {
		return "", "", true
	}
	if name, is := strings.CutPrefix(n.Value, "env:"); is {
		text, set := v.r.env(name)
		if !set || text == "" {
			v.wrong("set it, or put the value into a file and write file:PATH", "the environment variable %s is not set", name)
			return "", "env", false
		}
		return text, "env", true
	}
	if path, is := strings.CutPrefix(n.Value, "file:"); is {
		text, ok := v.file(path)
		return text, "file", ok
	}
	return n.Value, "", true
}

// file reads a small text file, without white space at its ends.
func (v value) file(path string) (string, bool) {
	const bytesMax = 64 << 10
	if !filepath.IsAbs(path) {
		path = filepath.Join(v.r.folder, path)
	}
	info, err := os.Stat(path)
	if err != nil || !info.Mode().IsRegular() {
		v.wrong("paths are relative to the configuration file", "cannot read the file %s: %s", path, reason(err))
		return "", false
	}
	if info.Size() > bytesMax {
		v.wrong("", "the file %s is larger than %d KiB", path, bytesMax>>10)
		return "", false
	}
	b, err := os.ReadFile(path) //nolint:gosec // the operator names the file
	if err != nil {
		v.wrong("paths are relative to the configuration file", "cannot read the file %s: %s", path, reason(err))
		return "", false
	}
	return strings.TrimSpace(string(b)), true
}

func (v value) text(to *string) {
	if s, _, ok := v.scalar(); ok {
		*to = s
	}
}

// secret refuses a value in the clear: the file is copied, mailed and committed.
func (v value) secret(to *Secret) {
	s, given, ok := v.scalar()
	switch {
	case !ok:
	case given == "" && s != "":
		v.wrong("write env:NAME or file:PATH, and change the secret if the file was shared", "a secret in the clear: this file gets copied and committed")
	default:
		*to = Secret(s)
	}
}

func (v value) choice(to *string, choices ...string) {
	s, _, ok := v.scalar()
	if !ok {
		return
	}
	for _, c := range choices {
		if s == c {
			*to = s
			return
		}
	}
	v.wrong("choose "+oneOf(choices), "%q is not a choice", s)
}

func (v value) whole(to *int, least, most int) {
	s, _, ok := v.scalar()
	if !ok {
		return
	}
	n, err := strconv.Atoi(s)
	if err != nil || n < least || n > most {
		v.wrong("", "must be a whole number from %d to %d, not %q", least, most, s)
		return
	}
	*to = n
}

// duration reads Go's form and whole days: 30s, 5m, 24h, 7d.
func (v value) duration(to *time.Duration, least time.Duration) {
	s, _, ok := v.scalar()
	if !ok {
		return
	}
	d, err := time.ParseDuration(s)
	if days, is := strings.CutSuffix(s, "d"); is {
		var n int
		if n, err = strconv.Atoi(days); err == nil {
			d = time.Duration(n) * 24 * time.Hour
		}
	}
	const most = 366 * 24 * time.Hour
	switch {
	case err != nil:
		v.wrong("write a number with a unit: 30s, 5m, 24h, 7d", "%q is not a duration", s)
	case d < least || d > most:
		v.wrong("", "must be from %s to 366d, not %s", least, s)
	default:
		*to = d
	}
}

func scalarNode(text string) *yaml.Node {
	return &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!str", Value: text}
}
