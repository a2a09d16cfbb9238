package commonsku

import (
	"net/http"
	"net/url"
	"slices"
	"strings"

	"tandem/internal/operation"
	"tandem/internal/record"
)

func (v value) kind(k *Kind) {
	k.endpoints, k.Search = map[verb]endpoint{}, map[string]Search{}
	call := func(vb verb, methods ...string) field {
		return field{string(vb), func(v value) { v.endpoint(k, vb, methods) }}
	}
	v.mapping(
		field{"reason", func(v value) { v.text(&k.Reason) }},
		call(list, http.MethodGet, http.MethodPost),
		call(get, http.MethodGet),
		call(create, http.MethodPost, http.MethodPut),
		call(update, http.MethodPatch, http.MethodPut, http.MethodPost),
		call(remove, http.MethodDelete, http.MethodPost),
		field{"id", func(v value) { v.text(&k.ID) }},
		field{"created", func(v value) { v.text(&k.Created) }},
		field{"changed", func(v value) { v.text(&k.Changed) }},
		field{"deleted", func(v value) { v.text(&k.Deleted) }},
		field{"rows", func(v value) { v.text(&k.Rows) }},
		field{"single", func(v value) { v.text(&k.Single) }},
		field{"parent", func(v value) { v.parent(&k.Parent) }},
		field{"existing", func(v value) { oneOf(v, &k.Existing, Returned, Refused, Doubles) }},
		field{"whole_updates", func(v value) { v.flag(&k.WholeUpdates) }},
		field{"hard_delete", func(v value) { v.flag(&k.HardDelete) }},
		field{"changes", func(v value) {
			if s, ok := v.scalar(); ok && s != "none" {
				v.wrong("write none, or leave it out", "%q is not known", s)
				return
			}
			k.Updated = false
		}},
		field{"search", func(v value) { v.search(k.Search) }},
		field{"fields", func(v value) { v.fields(k) }},
	)
	if len(k.endpoints) > 0 && k.ID == "" {
		v.wrong("say where a row has its id, such as client_id", "id is missing")
	}
	if _, lists := k.endpoints[list]; !lists && len(k.endpoints) > 0 {
		v.wrong("without a list nothing can be found", "list is missing")
	}
	k.index()
}

// endpoint reads "METHOD /path/{id}?name=value".
func (v value) endpoint(k *Kind, vb verb, methods []string) {
	s, ok := v.scalar()
	if !ok || s == "" {
		return
	}
	if vb == get && s == "walk" {
		return // what Get does without an endpoint
	}
	method, target, _ := strings.Cut(s, " ")
	if !slices.Contains(methods, method) {
		v.wrong("write "+methods[0]+" /path", "%q does not begin with %s", s, strings.Join(methods, " or "))
		return
	}
	path, query, _ := strings.Cut(target, "?")
	if !strings.HasPrefix(path, "/") || strings.ContainsAny(path, " #\t") || strings.Contains(path, "//") {
		v.wrong("paths begin with a slash and have no spaces", "%q is no path", path)
		return
	}
	ep := endpoint{op: operation.Operation{
		ID: "commonsku." + resource(k.Kind) + "." + string(vb), System: record.Commonsku, Method: method, Path: path, Bucket: operation.Account,
		Kind: k.Kind, Repeatable: method != http.MethodPost || vb == list || vb == remove,
	}}
	params, err := url.ParseQuery(query)
	if err != nil {
		v.wrong("write ?name=value&name=value", "%q is no query", query)
		return
	}
	for name := range params {
		ep.query = append(ep.query, pair{name, params.Get(name)})
	}
	slices.SortFunc(ep.query, func(a, b pair) int { return strings.Compare(a.name, b.name) })
	switch one := strings.Contains(target, "{id}"); {
	case one && (vb == list || vb == create):
		v.wrong("leave {id} out", "a %s is about no one record", vb)
		return
	case !one && vb != list && vb != create:
		v.wrong("write {id} where the id belongs", "the path names no record")
		return
	}
	k.endpoints[vb] = ep
}

func (v value) parent(p *Parent) {
	v.mapping(
		field{"kind", func(v value) { oneOf(v, &p.Kind, record.Company, record.Contact) }},
		field{"id", func(v value) { v.text(&p.ID) }},
		field{"type", func(v value) { v.text(&p.Type) }},
		field{"types", func(v value) {
			p.Types = map[record.Kind]string{}
			read := func(k record.Kind) field {
				return field{string(k), func(v value) {
					if s, ok := v.scalar(); ok {
						p.Types[k] = s
					}
				}}
			}
			v.mapping(read(record.Company), read(record.Contact))
		}},
		field{"moves", func(v value) { v.flag(&p.Moves) }},
	)
	switch {
	case p.ID == "":
		v.wrong("say where a row has its parent's id", "id is missing")
	case (p.Kind == "") == (p.Type == ""):
		v.wrong("", "must have either kind, or type with types")
	case p.Type != "" && len(p.Types) == 0:
		v.wrong("write types: {company: CLIENT, contact: CONTACT}", "type needs types")
	}
}

func (v value) search(to map[string]Search) {
	read := func(what string) field {
		return field{what, func(v value) {
			s := Search{Match: "unknown"}
			v.mapping(field{"param", func(v value) { v.text(&s.Param) }},
				field{"match", func(v value) { oneOf(v, &s.Match, "exact", "prefix", "contains", "unknown") }})
			if s.Param == "" {
				v.wrong("name the query parameter", "param is missing")
			}
			to[what] = s
		}}
	}
	v.mapping(read("email"), read("phone"), read("name"))
}

// fields reads `name: wire.path` or `name: {path: …}`.
func (v value) fields(k *Kind) {
	known := canonicalNames(k.Kind)
	paths := map[string]string{}
	_, writes := k.endpoints[create]
	if _, updates := k.endpoints[update]; updates {
		writes = true
	}
	v.entries(func(name string, line int, child value) {
		f := Field{Name: name, Type: TypeText, Writable: true, Clear: ClearNull}
		extra := false
		child.field(&f, &extra)
		if f.Path == nil {
			return
		}
		if !extra && !slices.Contains(known, name) {
			mend := didYouMean(name, known)
			v.r.wrong(line, child.key, mend+" (a field of your own needs extra: true)", "no field of a %s is called so", k.Kind)
			return
		}
		if !identifier(name) {
			v.r.wrong(line, child.key, "small letters, digits and underscores", "cannot be written in mapping rows")
			return
		}
		wire := strings.Join(f.Path, ".")
		if other, twice := paths[wire]; twice {
			child.wrong("one of them has another path", "has the path of %s", other)
			return
		}
		paths[wire] = name
		f.Writable = f.Writable && writes
		k.Fields = append(k.Fields, f)
	})
	slices.SortFunc(k.Fields, func(a, b Field) int { return strings.Compare(a.Name, b.Name) })
}

func (v value) field(f *Field, extra *bool) {
	path := func(v value) {
		if s, ok := v.scalar(); ok {
			parts := strings.Split(s, ".")
			if s == "" || slices.Contains(parts, "") {
				v.wrong("write it like address.line_1", "%q is no path into a row", s)
				return
			}
			f.Path = parts
		}
	}
	if v.node.Kind == 0 || !v.isMapping() {
		path(v)
		return
	}
	v.mapping(
		field{"path", path},
		field{"type", func(v value) {
			oneOf(v, &f.Type, TypeText, TypeSet, TypeDate, TypeInstant, TypeNumber, TypeBool, TypeOptions)
		}},
		field{"writable", func(v value) { v.flag(&f.Writable) }},
		field{"required", func(v value) { v.flag(&f.Required) }},
		field{"default", func(v value) { v.text(&f.Default) }},
		field{"max", func(v value) { v.number(&f.Max, 1, 10_000_000) }},
		field{"values", func(v value) {
			if s, ok := v.asText(); ok && s == "learned" {
				f.Learned = true
				return
			}
			v.texts(&f.Values)
		}},
		field{"clear", func(v value) { oneOf(v, &f.Clear, ClearNull, ClearEmpty, ClearOmit) }},
		field{"item", func(v value) { v.text(&f.Item) }},
		field{"label", func(v value) { v.text(&f.Label) }},
		field{"extra", func(v value) { v.flag(extra) }},
	)
	if f.Path == nil {
		v.wrong("write path: NAME, as commonsku calls it", "path is missing")
	}
}
