package main

import (
	"fmt"
	"os"
	"strings"

	"go.yaml.in/yaml/v4"

	"tandem/internal/operation"
	"tandem/internal/record"
)

// readContract reads commonsku's operations: "commonsku.TAG.VERB", the verb being the first word of the operationId.
func readContract(file string) ([]operation.Operation, error) {
	b, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	var d struct {
		Paths map[string]map[string]yaml.Node
	}
	if err := yaml.Unmarshal(b, &d); err != nil {
		return nil, fmt.Errorf("%s: %w", file, err)
	}
	kinds := map[string]record.Kind{
		"clients": record.Company, "contacts": record.Contact, "notes": record.Note, "tasks": record.Task, "events": record.Appointment, "users": record.User,
	}
	var out []operation.Operation
	for path, verbs := range d.Paths {
		for method, node := range verbs {
			if method == "parameters" {
				continue
			}
			var v struct {
				OperationID string `yaml:"operationId"`
				Tags        []string
			}
			if err := node.Decode(&v); err != nil {
				return nil, fmt.Errorf("%s %s: %w", method, path, err)
			}
			if v.OperationID == "" || len(v.Tags) == 0 {
				return nil, fmt.Errorf("%s %s: no operationId or tag", method, path)
			}
			verb := v.OperationID[:strings.IndexFunc(v.OperationID, func(r rune) bool { return r < 'a' })]
			out = append(out, operation.Operation{
				ID: "commonsku." + v.Tags[0] + "." + verb, System: record.Commonsku, Method: strings.ToUpper(method), Path: path,
				Bucket: operation.Account, Kind: kinds[v.Tags[0]], Repeatable: method != "post",
			})
		}
	}
	return out, nil
}
