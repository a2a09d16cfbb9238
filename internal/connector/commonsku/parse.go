package commonsku

import (
	"bytes"
	"errors"
	"slices"
	"strconv"
	"strings"
	"time"

	"go.yaml.in/yaml/v4"

	"tandem/internal/record"
)

// profileBytesMax bounds a profile file.
const profileBytesMax = 256 << 10

// ParseProfile reads and checks a profile. file only names it in mistakes. Its error is Mistakes: all of them at once, each with
// line, key and mend.
func ParseProfile(file string, content []byte) (*Profile, error) {
	r := &reader{file: file}
	p := &Profile{Kinds: map[record.Kind]*Kind{}, Placement: map[string]record.Kind{}}
	p.Time = Time{Format: "2006-01-02 15:04:05", Zone: time.UTC, Precision: time.Second}
	p.Paging = Paging{Style: NoPages}
	if root, ok := r.document(content); ok {
		root.profile(p)
	}
	if len(r.mistakes) > 0 {
		r.mistakes.sort()
		return nil, r.mistakes
	}
	return p, nil
}

// document parses YAML without giving it meaning.
func (r *reader) document(content []byte) (value, bool) {
	switch {
	case len(content) > profileBytesMax:
		r.wrong(0, "", "", "the file is larger than %d KiB", profileBytesMax>>10)
		return value{}, false
	case len(bytes.TrimSpace(content)) == 0:
		r.wrong(0, "", "copy the default profile and change what differs", "the file is empty")
		return value{}, false
	}
	var doc yaml.Node
	if err := yaml.Load(content, &doc); err != nil {
		r.syntax(err)
		return value{}, false
	}
	if doc.Kind != yaml.DocumentNode || len(doc.Content) != 1 {
		r.wrong(0, "", "", "must be one YAML document")
		return value{}, false
	}
	return value{r: r, node: doc.Content[0]}, true
}

func (r *reader) syntax(err error) {
	const mend = "check indentation and quotes there and in the line before"
	var one *yaml.LoadError
	var all *yaml.LoadErrors
	switch {
	case errors.As(err, &all) && len(all.Errors) > 0:
		for _, e := range all.Errors {
			r.wrong(max(e.Mark.Line, e.ContextMark.Line), "", mend, "not YAML: %s", e.Message)
		}
	case errors.As(err, &one):
		r.wrong(max(one.Mark.Line, one.ContextMark.Line), "", mend, "not YAML: %s", one.Message)
	default:
		r.wrong(0, "", mend, "not YAML: %s", strings.TrimPrefix(err.Error(), "yaml: "))
	}
}

func (v value) profile(p *Profile) {
	kinds, auth := value{}, v
	v.mapping(
		field{"name", func(v value) { v.text(&p.Name) }},
		field{"about", func(v value) { v.text(&p.About) }},
		field{"auth", func(v value) { auth = v; v.auth(&p.Auth) }},
		field{"time", func(v value) { v.time(&p.Time) }},
		field{"paging", func(v value) { v.paging(&p.Paging) }},
		field{"answer", func(v value) { v.envelope(&p.Answer) }},
		field{"changes", func(v value) {
			v.mapping(field{"param", func(v value) { v.text(&p.Changes.Param) }}, field{"deleted_rows", func(v value) { v.flag(&p.Changes.DeletedRows) }})
		}},
		field{"quota", func(v value) { v.quota(&p.Quota) }},
		field{"errors", func(v value) { v.errors(&p.Errors) }},
		field{"placement", func(v value) { v.placement(p.Placement) }},
		field{"template", func(v value) { v.texts(&p.Template) }},
		field{"kinds", func(v value) { kinds = v }},
	)
	if p.Name == "" {
		v.r.wrong(v.node.Line, "name", "give the profile a name", "is missing")
	}
	if kinds.node == nil {
		v.r.wrong(v.node.Line, "kinds", "list at least company", "is missing")
		return
	}
	kinds.kinds(p)
	if p.calls() && p.Auth.Header == "" {
		v.r.wrong(auth.node.Line, "auth.header", "name the header that carries the key, such as X-API-KEY", "is missing")
	}
}

func (v value) auth(a *Auth) {
	a.Headers = map[string]string{}
	v.mapping(
		field{"header", func(v value) { v.headerName(&a.Header) }},
		field{"prefix", func(v value) { v.text(&a.Prefix) }},
		field{"headers", func(v value) {
			v.entries(func(name string, _ int, v value) {
				if s, ok := v.scalar(); ok {
					if !headerName(name) || strings.ContainsAny(s, "\r\n\x00") {
						v.wrong("", "is not a header")
						return
					}
					a.Headers[name] = s
				}
			})
		}},
	)
	if strings.ContainsAny(a.Prefix, "\r\n\x00") {
		v.wrong("write it on one line", "the prefix cannot be sent in a header")
	}
}

func (v value) headerName(to *string) {
	if s, ok := v.scalar(); ok {
		if !headerName(s) {
			v.wrong("letters, digits and dashes", "%q is no name of a header", s)
			return
		}
		*to = s
	}
}

func headerName(s string) bool {
	return s != "" && !strings.ContainsFunc(s, func(r rune) bool {
		return r != '-' && r != '_' && !(r >= '0' && r <= '9') && !(r >= 'a' && r <= 'z') && !(r >= 'A' && r <= 'Z')
	})
}

func (v value) time(t *Time) {
	v.mapping(
		field{"format", func(v value) {
			if s, ok := v.scalar(); ok {
				probe := time.Date(2026, 11, 23, 18, 4, 5, 0, time.UTC)
				if back, err := time.Parse(s, probe.Format(s)); err != nil || back.Year() != 2026 || back.YearDay() != probe.YearDay() {
					v.wrong(`write how commonsku would show the instant 2006-01-02 15:04:05`, "%q shows no date", s)
					return
				}
				t.Format = s
			}
		}},
		field{"zone", func(v value) {
			if s, ok := v.scalar(); ok {
				zone, err := time.LoadLocation(s)
				if err != nil || s == "Local" || s == "" {
					v.wrong("write a name such as America/Chicago or UTC", "the zone %q is not known", s)
					return
				}
				t.Zone = zone
			}
		}},
		field{"precision", func(v value) { v.duration(&t.Precision) }},
	)
}

func (v value) paging(g *Paging) {
	g.Size = 100
	v.mapping(
		field{"style", func(v value) { oneOf(v, &g.Style, ByCursor, ByOffset, ByPage, NoPages) }},
		field{"param", func(v value) { v.text(&g.Param) }},
		field{"first", func(v value) { v.number(&g.First, 0, 1) }},
		field{"next", func(v value) { v.text(&g.Next) }},
		field{"size_param", func(v value) { v.text(&g.SizeParam) }},
		field{"size", func(v value) { v.number(&g.Size, 1, 10000) }},
		field{"repeat_filters", func(v value) { v.flag(&g.RepeatFilters) }},
	)
	if g.Style != NoPages && g.Param == "" {
		v.wrong("name the query parameter", "style %s needs param", g.Style)
	}
	if g.Style == ByCursor && g.Next == "" {
		v.wrong("say where the answer has it, such as meta.cursor", "style cursor needs next")
	}
	if g.Style != ByCursor {
		g.RepeatFilters = true
	}
}

func (v value) envelope(e *Envelope) {
	v.mapping(
		field{"rows", func(v value) { v.text(&e.Rows) }},
		field{"single", func(v value) { v.text(&e.Single) }},
		field{"total", func(v value) { v.text(&e.Total) }},
		field{"errors", func(v value) { v.text(&e.Errors) }},
		field{"message", func(v value) { v.text(&e.Message) }},
	)
}

func (v value) quota(q *Quota) {
	v.mapping(
		field{"burst", func(v value) { v.number(&q.Burst, 0, 1_000_000) }},
		field{"interval", func(v value) { v.duration(&q.Interval) }},
		field{"daily", func(v value) { v.number(&q.Daily, 0, 1_000_000_000) }},
	)
	if q.Burst > 0 && q.Interval == 0 {
		v.wrong("write interval: 1s", "burst needs an interval")
	}
}

func (v value) errors(e *Errors) {
	read := func(to *[]Text) func(value) {
		return func(v value) {
			v.each(func(v value) {
				s, ok := v.scalar()
				if !ok {
					return
				}
				status, part, _ := strings.Cut(s, " ")
				n, err := strconv.Atoi(status)
				if err != nil || n < 400 || n > 599 {
					v.wrong(`write "403 Forbidden"`, "%q does not begin with a status of refusal", s)
					return
				}
				*to = append(*to, Text{Status: n, Part: record.Fold(part)})
			})
		}
	}
	v.mapping(
		field{"no_route", read(&e.NoRoute)}, field{"bad_key", read(&e.BadKey)}, field{"forbidden", read(&e.Forbidden)},
		field{"throttled", read(&e.Throttled)}, field{"quota", read(&e.Quota)}, field{"duplicate", read(&e.Duplicate)}, field{"gone", read(&e.Gone)},
	)
}

func (v value) placement(to map[string]record.Kind) {
	for _, what := range []string{"tags", "address"} {
		to[what] = record.Contact
	}
	owner := func(what string) field {
		return field{what, func(v value) {
			k := record.Contact
			oneOf(v, &k, record.Company, record.Contact)
			to[what] = k
		}}
	}
	v.mapping(owner("tags"), owner("address"), owner("phone"), owner("website"))
}

func (v value) kinds(p *Profile) {
	known := make([]string, len(record.Kinds))
	for i, k := range record.Kinds {
		known[i] = string(k)
	}
	v.entries(func(name string, line int, child value) {
		if !slices.Contains(known, name) {
			v.r.wrong(line, child.key, didYouMean(name, known), "there is no such kind")
			return
		}
		k := &Kind{Kind: record.Kind(name), Updated: p.Changes.Param != "", Existing: Doubles}
		child.kind(k)
		p.Kinds[k.Kind] = k
	})
	if len(p.Kinds) == 0 && len(v.r.mistakes) == 0 {
		v.wrong("list at least company", "must name at least one kind")
	}
}

// identifier is a name that mapping rows and expressions can write.
func identifier(s string) bool {
	return s != "" && !strings.ContainsFunc(s, func(r rune) bool { return r != '_' && !(r >= '0' && r <= '9') && !(r >= 'a' && r <= 'z') })
}
