package expr

import (
	"cmp"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"cel.dev/cel-go/common"
)

// Mistake is one thing that is wrong with a source, for the person who wrote it.
type Mistake struct {
	Line, Column int    // from 1; the column counts characters
	What         string // what is wrong
	Mend         string // what to do about it; "" where nothing sure can be said
}

func (m Mistake) String() string {
	s := fmt.Sprintf("line %d, column %d: %s", m.Line, m.Column, m.What)
	if m.Mend != "" {
		s += "; " + m.Mend
	}
	return s
}

// Mistakes are all that is wrong with a source, in the order of the text; at most mistakesMax.
type Mistakes []Mistake

const mistakesMax = 5

// Error lists them behind each other.
func (m Mistakes) Error() string {
	out := make([]string, len(m))
	for i, one := range m {
		out[i] = one.String()
	}
	return strings.Join(out, " | ")
}

func mistakes(use Use, errs []*common.Error) Mistakes {
	var out Mistakes
	for _, e := range errs {
		what, mend := compileMistake(use, e.Message)
		m := Mistake{max(e.Location.Line(), 1), max(e.Location.Column(), 0) + 1, what, mend}
		if !slices.Contains(out, m) {
			out = append(out, m)
		}
	}
	slices.SortStableFunc(out, func(a, b Mistake) int { return cmp.Or(cmp.Compare(a.Line, b.Line), cmp.Compare(a.Column, b.Column)) })
	return out[:min(len(out), mistakesMax)]
}

// The messages of the compiler that are put into plain words. Source: cel-go 0.33, checker/errors.go and its grammar; a
// message that is not among them is passed on as it is.
var (
	undeclared = regexp.MustCompile(`^undeclared reference to '([^']*)'`)
	noOverload = regexp.MustCompile(`^found no matching overload for '([^']*)' applied to '(.*)'$`)
	unexpected = regexp.MustCompile(`^Syntax error: (?:mismatched|extraneous|no viable alternative at) input '((?s:.*?))'(?: expecting.*)?$`)
	unknownRun = regexp.MustCompile(`^Syntax error: token recognition error at: '((?s:.*))'$`)
)

func compileMistake(use Use, message string) (what, mend string) {
	if m := undeclared.FindStringSubmatch(message); m != nil {
		names := Names(use)
		if slices.Contains(Names(Filter), m[1]) || m[1] == "value" {
			return "there is no `" + m[1] + "` in a " + string(use), "there are " + strings.Join(names, ", ")
		}
		if near := nearest(m[1], append(names, functions()...)); near != "" {
			return "there is no `" + m[1] + "` here", "did you mean `" + near + "`?"
		}
		return "there is no `" + m[1] + "` here", "there are " + strings.Join(names, ", ") + "; a text stands in quotes"
	}
	if m := noOverload.FindStringSubmatch(message); m != nil {
		operator := strings.Trim(m[1], "_@!")
		if operator == "" || operator == "[" {
			operator = m[1]
		}
		return "`" + operator + "` does not fit " + plainType(strings.Trim(m[2], "()")), "compare like with like; string(…) and int(…) convert"
	}
	if m := unexpected.FindStringSubmatch(message); m != nil {
		if strings.Contains(m[1], "<EOF>") {
			return "the expression ends too early", "finish it, and close what is open: brackets, quotes"
		}
		return "`" + m[1] + "` is not expected here", operatorHint(m[1])
	}
	if m := unknownRun.FindStringSubmatch(message); m != nil {
		return "`" + m[1] + "` cannot be read", operatorHint(m[1])
	}
	return strings.TrimPrefix(message, "Syntax error: "), ""
}

// operatorHint knows the spellings of other languages.
func operatorHint(s string) string {
	switch w := strings.Fields(strings.ToLower(s) + " ."); w[0] {
	case "and", "&":
		return "and is written &&"
	case "or", "|":
		return "or is written ||"
	case "not":
		return "not is written !"
	case "=", "===", "is":
		return "equal is written =="
	case "<>":
		return "unequal is written !="
	}
	if strings.HasPrefix(s, "=") {
		return "equal is written =="
	}
	if strings.HasPrefix(s, `"`) || strings.HasPrefix(s, "'") {
		return "close the quotes"
	}
	return ""
}

// quoted is where the messages of a run repeat a value.
var quoted = regexp.MustCompile(`(?s)["'\x60].*["'\x60]`)

// runtimeMistake puts a failed run of a source into plain words. Only a key that stands in the source is repeated: what
// a run has read may be personal.
func runtimeMistake(source string, err error) (what, mend string) {
	s := err.Error()
	key, isKey := strings.CutPrefix(s, "no such key: ")
	switch {
	case isKey && !strings.Contains(source, key):
		return "it looks up a key that is not there", "look up with m[?key].orValue('')"
	case strings.Contains(s, "cost limit exceeded"):
		return "it was stopped, as it takes too many steps for these values", "make its loops fewer, or its texts shorter"
	case strings.Contains(s, "memory limit exceeded"):
		return "it was stopped, as a value in it grows too large", "make its loops fewer, or its texts shorter"
	case isKey:
		return "there is no " + key, "read it as custom[?'" + key + "'].orValue('')"
	case isMisfit(err):
		return "the value is of another type than the expression works on", "compare like with like; check for '' first; string(…) and int(…) convert"
	}
	return quoted.ReplaceAllString(s, "the value"), ""
}

// functions are what an expression can call, for suggestions.
func functions() []string {
	return []string{"size", "contains", "startsWith", "endsWith", "matches", "lowerAscii", "upperAscii", "replace", "split", "join", "trim", "substring",
		"indexOf", "exists", "exists_one", "all", "filter", "map", "has", "string", "int", "double", "bool", "distinct", "sort", "flatten", "slice", "reverse"}
}

var typeWords = strings.NewReplacer("list(string)", "a list of texts", "map(string, dyn)", "a map", "list(dyn)", "a list", "list(int)", "a list of numbers",
	"string", "a text", "int", "a whole number", "uint", "a whole number", "double", "a number", "bool", "true or false", "dyn", "any value", "null_type", "null",
	"list", "a list", "map", "a map", ", ", " and ")

func plainType(s string) string { return typeWords.Replace(s) }

// nearest is the one choice that a typing error away from word; "" if none is close.
func nearest(word string, choices []string) string {
	best, at := "", max(1, len(word)/3)+1
	for _, c := range choices {
		if strings.EqualFold(c, word) || strings.EqualFold(strings.ReplaceAll(c, "_", ""), strings.ReplaceAll(word, "_", "")) {
			return c
		}
		if d := distance(word, c); d < at {
			best, at = c, d
		}
	}
	return best
}

// distance counts insertions, deletions, replacements and swaps of neighbours between two short words.
func distance(a, b string) int {
	if len(a) > 40 || len(b) > 40 {
		return 40
	}
	var before []int
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		next := make([]int, len(b)+1)
		next[0] = i + 1
		for j := range len(b) {
			replace := row[j]
			if a[i] != b[j] {
				replace++
			}
			next[j+1] = min(row[j+1]+1, next[j]+1, replace)
			if i > 0 && j > 0 && a[i] == b[j-1] && a[i-1] == b[j] {
				next[j+1] = min(next[j+1], before[j-1]+1)
			}
		}
		before, row = row, next
	}
	return row[len(b)]
}
