package main

import (
	"cmp"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"tandem/internal/operation"
	"tandem/internal/record"
)

func readEvents(dir string) ([]operation.Event, error) {
	files, err := filepath.Glob(filepath.Join(dir, "*.json"))
	if err != nil {
		return nil, err
	}
	if len(files) == 0 {
		return nil, fmt.Errorf("no webhook files in %s", dir)
	}
	var out []operation.Event
	for _, f := range files {
		b, err := os.ReadFile(f)
		if err != nil {
			return nil, err
		}
		var d struct {
			Event    string
			Schema   struct{ Properties map[string]json.RawMessage }
			Examples []map[string]json.RawMessage
		}
		if err := json.Unmarshal(b, &d); err != nil {
			return nil, fmt.Errorf("%s: %w", filepath.Base(f), err)
		}
		e := operation.Event{Name: d.Event, Type: d.Event, Kind: eventKind(d.Event)}
		names := map[string]bool{}
		for n := range d.Schema.Properties {
			names[n] = true
		}
		for _, x := range d.Examples {
			for n := range x {
				names[n] = true
			}
		}
		for n := range names {
			e.Fields = append(e.Fields, n)
		}
		slices.Sort(e.Fields)
		// The body of an installation says INSTALL. Source: facts-ghl.md "Webhooks", the vendor's samples.
		switch d.Event {
		case "AppInstall":
			e.Type = "INSTALL"
		case "AppUninstall":
			e.Type = "UNINSTALL"
		}
		out = append(out, e)
	}
	slices.SortFunc(out, func(a, b operation.Event) int { return cmp.Compare(a.Name, b.Name) })
	return out, nil
}

func eventKind(name string) record.Kind {
	for prefix, k := range map[string]record.Kind{
		"Contact": record.Contact, "Task": record.Task, "Note": record.Note, "Appointment": record.Appointment,
		"Record": record.Company, "User": record.User,
	} {
		if strings.HasPrefix(name, prefix) {
			return k
		}
	}
	return ""
}
