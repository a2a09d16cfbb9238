package main

import (
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"tandem/internal/operation"
	"tandem/internal/record"
)

// document is the part of an OpenAPI file that the tables need. Plain decoding reads all 42 files as they are; a full
// OpenAPI parser refuses three of them.
type document struct {
	Paths map[string]map[string]struct {
		OperationID string   `json:"operationId" yaml:"operationId"`
		Tags        []string `json:"tags" yaml:"tags"`
		Deprecated  bool     `json:"deprecated" yaml:"deprecated"`
		Parameters  []parameter
		RequestBody struct{ Content content } `json:"requestBody" yaml:"requestBody"`
		Responses   map[string]struct{ Content content }
		Security    []map[string][]string
	}
}

type parameter struct {
	Name, In string
	Required bool
	Schema   struct{ Enum []any }
}

type content map[string]struct {
	Schema struct {
		Ref string `json:"$ref"`
	}
}

// name is the last part of the schema's reference, and the content type where it is not JSON.
func (c content) name() (schema, form string) {
	if len(c) == 0 {
		return "", ""
	}
	media := slices.Min(slices.Collect(maps.Keys(c))) // JSON where there is a choice
	schema = "inline"
	if ref := c[media].Schema.Ref; ref != "" {
		schema = ref[strings.LastIndex(ref, "/")+1:]
	}
	if media != "application/json" {
		form = media
	}
	return schema, form
}

func readVendor(dir string) ([]operation.Operation, error) {
	files, err := filepath.Glob(filepath.Join(dir, "*.json"))
	if err != nil {
		return nil, err
	}
	if len(files) == 0 {
		return nil, fmt.Errorf("no OpenAPI files in %s", dir)
	}
	slices.Sort(files)
	var out []operation.Operation
	for _, f := range files {
		b, err := os.ReadFile(f)
		if err != nil {
			return nil, err
		}
		var d document
		if err := json.Unmarshal(b, &d); err != nil {
			return nil, fmt.Errorf("%s: %w", filepath.Base(f), err)
		}
		out = append(out, d.operations(strings.TrimSuffix(filepath.Base(f), ".json"))...)
	}
	return out, nil
}

func (d document) operations(file string) []operation.Operation {
	var out []operation.Operation
	for path, verbs := range d.Paths {
		for verb, v := range verbs {
			o := operation.Operation{
				ID: "ghl." + file + "." + strings.ToLower(v.OperationID), System: record.GHL, Method: strings.ToUpper(verb), Path: path,
				Bucket: operation.Location, Deprecated: v.Deprecated, Kind: kindOf(path),
				// POST makes something new each time; what is safe all the same is in the overlay.
				Repeatable: verb == "get" || verb == "put" || verb == "delete",
			}
			for _, p := range v.Parameters {
				switch {
				case p.In == "header" && strings.EqualFold(p.Name, "version") && len(p.Schema.Enum) > 0:
					o.Version = fmt.Sprint(p.Schema.Enum[0])
				case p.In == "query" && p.Required:
					o.Query = append(o.Query, p.Name+"!")
				case p.In == "query":
					o.Query = append(o.Query, p.Name)
				}
			}
			o.Body, o.Form = v.RequestBody.Content.name()
			for _, status := range []string{"200", "201"} {
				if r, ok := v.Responses[status]; ok && o.Answer == "" {
					o.Answer, _ = r.Content.name()
				}
			}
			agencyOnly := len(v.Security) > 0
			for _, s := range v.Security {
				for scheme, scopes := range s {
					agencyOnly = agencyOnly && strings.HasPrefix(scheme, "Agency")
					o.Scopes = append(o.Scopes, scopes...)
				}
			}
			slices.Sort(o.Scopes)
			o.Scopes = slices.Compact(o.Scopes)
			if agencyOnly {
				o.Bucket = operation.Company
			}
			out = append(out, o)
		}
	}
	return out
}

// kindOf tells what a path is about: its most specific part that names a synced kind.
func kindOf(path string) record.Kind {
	for _, m := range []struct {
		has  string
		kind record.Kind
	}{
		{"/tasks", record.Task}, {"/notes", record.Note}, {"/appointments", record.Appointment}, {"/calendars/events", record.Appointment},
		{"/contacts", record.Contact}, {"/businesses", record.Company}, {"/users", record.User},
	} {
		at := strings.Index(path, m.has)
		if at < 0 || (m.has == "/contacts" || m.has == "/businesses" || m.has == "/users") && at > 0 {
			continue
		}
		if m.has == "/tasks" && !strings.HasPrefix(path, "/contacts/") && !strings.HasPrefix(path, "/locations/") {
			continue
		}
		if m.has == "/notes" && !strings.HasPrefix(path, "/contacts/") {
			continue
		}
		return m.kind
	}
	return ""
}
