package main

import (
	"bytes"
	"errors"
	"fmt"

	"go.yaml.in/yaml/v4"

	"tandem/internal/operation"
)

// overlay corrects the vendor's files. Every line has its source, so that it can be dropped when the vendor mends it.
type overlay struct {
	Operations []correction
}

type correction struct {
	ID         string
	Source     string
	Repeatable *bool
	Scopes     []string
}

func parseOverlay(b []byte) (overlay, error) {
	var o overlay
	d := yaml.NewDecoder(bytes.NewReader(b))
	d.KnownFields(true)
	if err := d.Decode(&o); err != nil {
		return o, fmt.Errorf("overlay: %w", err)
	}
	for _, c := range o.Operations {
		if c.ID == "" || c.Source == "" {
			return o, fmt.Errorf("overlay: %q needs an id and a source", c.ID)
		}
	}
	return o, nil
}

// correct applies the overlay. A correction that meets nothing is an error: the vendor changed what it was about.
func (o overlay) correct(ops []operation.Operation) error {
	at := map[string]int{}
	for i, op := range ops {
		at[op.ID] = i
	}
	var errs []error
	for _, c := range o.Operations {
		i, ok := at[c.ID]
		if !ok {
			errs = append(errs, fmt.Errorf("overlay: there is no operation %s", c.ID))
			continue
		}
		if c.Repeatable != nil {
			ops[i].Repeatable = *c.Repeatable
		}
		if c.Scopes != nil {
			ops[i].Scopes = c.Scopes
		}
	}
	return errors.Join(errs...)
}
