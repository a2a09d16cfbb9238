package ghl

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// filter is one condition, or a group of them.
type filter struct {
	field, op string
	value     any
	group     string // AND or OR
	in        []filter
}

func parseFilters(v any) ([]filter, string) {
	list, is := v.([]any)
	if !is {
		return nil, "filters must be an array"
	}
	var out []filter
	for _, x := range list {
		m, _ := x.(map[string]any)
		if g, is := m["group"].(string); is {
			in, bad := parseFilters(m["filters"])
			if bad != "" {
				return nil, bad
			}
			out = append(out, filter{group: g, in: in})
			continue
		}
		f := filter{value: m["value"]}
		f.field, _ = m["field"].(string)
		f.op, _ = m["operator"].(string)
		if !filterable(f.field) {
			return nil, "filter field " + f.field + " is not supported"
		}
		if !slices.Contains([]string{"eq", "not_eq", "contains", "not_contains", "exists", "not_exists", "range"}, f.op) ||
			f.field == "email" && strings.HasSuffix(f.op, "contains") {
			return nil, "operator " + f.op + " is not supported for " + f.field
		}
		out = append(out, f)
	}
	return out, ""
}

func filterable(field string) bool {
	switch field {
	case "id", "tags", "dateAdded", "dateUpdated", "businessName", "businessId", "address", "dnd", "firstNameLowerCase",
		"lastNameLowerCase", "dndSettings.Email.status", "dndSettings.SMS.status", "dndSettings.Call.status":
		return true
	}
	return textual(field) && field != "name" && field != "ssn" || strings.HasPrefix(field, "customFields.")
}

// bound reads a bound of a range, in milliseconds; values are milliseconds or ISO.
func (f filter) bound(keys ...string) (int64, bool) {
	m, _ := f.value.(map[string]any)
	for _, k := range keys {
		switch v := m[k].(type) {
		case float64:
			return int64(v), true
		case string:
			if t, err := time.Parse(time.RFC3339Nano, v); err == nil {
				return t.UnixMilli(), true
			}
		}
	}
	return 0, false
}

func matches(c *contact, fs []filter, s *Server) bool {
	for _, f := range fs {
		if !f.holds(c, s) {
			return false
		}
	}
	return true
}

func (f filter) holds(c *contact, s *Server) bool {
	switch f.group {
	case "AND":
		return matches(c, f.in, s)
	case "OR":
		return slices.ContainsFunc(f.in, func(x filter) bool { return x.holds(c, s) })
	}
	if f.op == "range" {
		at := c.updated
		if f.field == "dateAdded" {
			at = c.added
		}
		ms := at.UnixMilli()
		gte, a := f.bound("gte")
		gt, b := f.bound("gt")
		lte, d := f.bound("lte")
		lt, e := f.bound("lt")
		return (!a || ms >= gte) && (!b || ms > gt) && (!d || ms <= lte) && (!e || ms < lt)
	}
	have := f.of(c, s)
	want := strings.ToLower(fmt.Sprint(f.value))
	hit := slices.ContainsFunc(have, func(v string) bool {
		if strings.HasSuffix(f.op, "contains") {
			return strings.Contains(strings.ToLower(v), want)
		}
		return strings.ToLower(v) == want
	})
	if list, is := f.value.([]any); is {
		hit = slices.ContainsFunc(list, func(x any) bool {
			return slices.ContainsFunc(have, func(v string) bool { return strings.EqualFold(v, fmt.Sprint(x)) })
		})
	}
	switch f.op {
	case "exists":
		return len(have) > 0
	case "not_exists":
		return len(have) == 0
	case "not_eq", "not_contains":
		return !hit
	}
	return hit
}

// of are the values of a filtered column; an id and a tag compare without case as well, ids are told apart by index.
func (f filter) of(c *contact, s *Server) []string {
	v := ""
	switch {
	case f.field == "id":
		v = c.id
	case f.field == "tags":
		return c.tags
	case f.field == "address":
		v = c.text["address1"]
	case f.field == "businessId":
		v = c.businessID
	case f.field == "businessName":
		v = s.businessName(c)
	case f.field == "dnd":
		v = fmt.Sprint(c.dnd)
	case strings.HasPrefix(f.field, "dndSettings."):
		m, _ := c.dndSettings.(map[string]any)
		ch, _ := m[strings.Split(f.field, ".")[1]].(map[string]any)
		v, _ = ch["status"].(string)
	case strings.HasPrefix(f.field, "customFields."):
		if x, has := c.custom[strings.TrimPrefix(f.field, "customFields.")]; has {
			return []string{fmt.Sprint(x)}
		}
	default:
		v = c.text[strings.TrimSuffix(f.field, "LowerCase")]
	}
	if v == "" {
		return nil
	}
	return []string{v}
}
