package wire

import (
	"net/http"
	"strings"
)

// Router finds the operation of a call. http.ServeMux cannot hold GHL's paths: it takes /contacts/{contactId}/tasks and
// /contacts/business/{businessId} for a contradiction. Here a literal segment goes before a parameter, and a trailing slash
// counts for nothing. Routes are added before the first call.
type Router struct{ roots map[string]*node }

// Route is one operation.
type Route struct {
	Pattern string // "GET /contacts/{contactId}"
	Handle  http.HandlerFunc
}

type node struct {
	literal map[string]*node
	param   *node
	route   *Route
	names   []string
}

// Add adds "METHOD /path/{parameter}".
func (t *Router) Add(pattern string, handle http.HandlerFunc) {
	method, path, _ := strings.Cut(pattern, " ")
	if t.roots == nil {
		t.roots = map[string]*node{}
	}
	n := t.roots[method]
	if n == nil {
		n = &node{}
		t.roots[method] = n
	}
	var names []string
	for _, s := range strings.Split(strings.Trim(path, "/"), "/") {
		if strings.HasPrefix(s, "{") {
			names = append(names, strings.Trim(s, "{}"))
			if n.param == nil {
				n.param = &node{}
			}
			n = n.param
			continue
		}
		if n.literal == nil {
			n.literal = map[string]*node{}
		}
		if n.literal[s] == nil {
			n.literal[s] = &node{}
		}
		n = n.literal[s]
	}
	n.route, n.names = &Route{Pattern: pattern, Handle: handle}, names
}

// Find is the operation of a call, with its parameters set as path values; nil if there is none.
func (t *Router) Find(r *http.Request) *Route {
	root := t.roots[r.Method]
	if root == nil {
		return nil
	}
	var values [8]string
	n, taken := root.walk(strings.Trim(r.URL.Path, "/"), values[:0])
	if n == nil {
		return nil
	}
	for i, name := range n.names {
		r.SetPathValue(name, taken[i])
	}
	return n.route
}

// walk follows the literal branch first and comes back to the parameter where that one ends.
func (n *node) walk(rest string, taken []string) (*node, []string) {
	if rest == "" && n.route != nil {
		return n, taken
	}
	segment, rest, _ := strings.Cut(rest, "/")
	if next := n.literal[segment]; next != nil {
		if found, t := next.end(rest, taken); found != nil {
			return found, t
		}
	}
	if n.param != nil && segment != "" {
		return n.param.end(rest, append(taken, segment))
	}
	return nil, nil
}

func (n *node) end(rest string, taken []string) (*node, []string) {
	if rest == "" {
		if n.route == nil {
			return nil, nil
		}
		return n, taken
	}
	return n.walk(rest, taken)
}
