package main

import (
	"cmp"
	_ "embed"
	"fmt"
	"path/filepath"
	"slices"

	"tandem/internal/operation"
)

//go:embed overlay.yaml
var overlayText []byte

// sources are the files that the tables come from.
type sources struct{ spec, events, contract string }

func (s sources) withDefaults() sources {
	s.events = cmp.Or(s.events, filepath.Join(s.spec, "..", "webhooks"))
	s.contract = cmp.Or(s.contract, filepath.Join(s.spec, "..", "..", "..", "contracts", "commonsku.openapi.yaml"))
	return s
}

// generate returns the text of each generated file by its name.
func generate(s sources) (map[string][]byte, error) {
	over, err := parseOverlay(overlayText)
	if err != nil {
		return nil, err
	}
	vendor, err := readVendor(s.spec)
	if err != nil {
		return nil, err
	}
	if err := over.correct(vendor); err != nil {
		return nil, err
	}
	ours, err := readContract(s.contract)
	if err != nil {
		return nil, err
	}
	told, err := readEvents(s.events)
	if err != nil {
		return nil, err
	}
	files := map[string][]byte{}
	for _, t := range []struct {
		file, name string
		ops        []operation.Operation
	}{{"ghl.go", "ghlTable", vendor}, {"commonsku.go", "commonskuTable", ours}} {
		slices.SortFunc(t.ops, func(a, b operation.Operation) int { return cmp.Compare(a.ID, b.ID) })
		for i := 1; i < len(t.ops); i++ {
			if t.ops[i].ID == t.ops[i-1].ID {
				return nil, fmt.Errorf("two operations are called %s", t.ops[i].ID)
			}
		}
		if files[t.file], err = printOperations(t.name, t.ops); err != nil {
			return nil, err
		}
	}
	files["events.go"], err = printEvents(told)
	return files, err
}
