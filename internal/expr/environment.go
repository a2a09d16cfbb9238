package expr

import (
	"fmt"
	"sync"

	"cel.dev/cel-go/cel"
	"cel.dev/cel-go/common/cost"
	"cel.dev/cel-go/common/types"
	"cel.dev/cel-go/ext"
)

// Bounds of an expression and of one run. Source: dependencies.md section 3, where nested loops over 1,000 tags and texts
// grown by replace are measured against them.
const (
	costMax        = 10_000 // CEL's cost units: about one a step, and one for each ten characters touched
	sourceMax      = 4096   // characters
	nestingMax     = 50
	unitsMax       = 200_000 // size of one value with all that is in it; a unit is an element or ten bytes of a text
	interruptEvery = 100     // steps of a loop between looks at the context
)

// bounds hold every run.
func bounds() []cel.ProgramOption {
	sizes := types.NewSizeCalculator()
	return []cel.ProgramOption{
		cel.CostTracking(bill{sizes}), cel.CostLimit(costMax), cel.InterruptCheckFrequency(interruptEvery), cel.EvalOptions(cel.OptOptimize),
		cel.MemoryTracking(types.MemoryTrackerSizeCalculator(sizes), types.MemoryTrackerSampleInterval(interruptEvery)), cel.MemoryLimit(unitsMax),
	}
}

// texts are the variables of a contact that are one text each.
func texts() []string {
	return []string{"first_name", "last_name", "email", "phone", "company", "street", "city", "state", "postal_code", "country", "website", "type", "source"}
}

// Names lists the variables that an expression of a use may name, in the order in which they are shown.
func Names(use Use) []string {
	switch use {
	case Transform:
		return []string{"value"}
	case Filter:
		return append(texts(), "tags", "custom", "opportunities", "side")
	}
	return append(texts(), "tags", "custom", "opportunities")
}

// environments are built with the first expression: a process that has none does not pay for them at its start.
var environments = sync.OnceValues(func() (map[Use]*cel.Env, error) {
	base, err := cel.NewEnv(ext.Strings(), ext.Lists(), cel.OptionalTypes(), cel.ParserExpressionSizeLimit(sourceMax), cel.ParserRecursionLimit(nestingMax))
	if err != nil {
		return nil, fmt.Errorf("expressions: %w", err)
	}
	out := map[Use]*cel.Env{}
	for _, use := range []Use{When, Filter, Transform} {
		var vars []cel.EnvOption
		for _, name := range Names(use) {
			vars = append(vars, cel.Variable(name, typeOf(name)))
		}
		if out[use], err = base.Extend(vars...); err != nil {
			return nil, fmt.Errorf("expressions of %s: %w", use, err)
		}
	}
	return out, nil
})

func environment(use Use) (*cel.Env, error) {
	envs, err := environments()
	if err != nil {
		return nil, err
	}
	env, ok := envs[use]
	if !ok {
		return nil, fmt.Errorf("expressions: there is no use %q", use)
	}
	return env, nil
}

func typeOf(name string) *cel.Type {
	switch name {
	case "value":
		return cel.DynType
	case "tags":
		return cel.ListType(cel.StringType)
	case "custom":
		return cel.MapType(cel.StringType, cel.DynType)
	case "opportunities":
		return cel.ListType(cel.DynType)
	}
	return cel.StringType
}

// contact resolves the variables of a contact; those that nobody gave are empty.
type contact map[string]any

// ResolveName is called for each name that a run reads.
func (c contact) ResolveName(name string) (any, bool) {
	if v, ok := c[name]; ok && v != nil {
		return v, true
	}
	switch name {
	case "tags":
		return []string{}, true
	case "custom":
		return map[string]any{}, true
	case "opportunities":
		return []any{}, true
	case "side":
		return "", true
	}
	for _, text := range texts() {
		if name == text {
			return "", true
		}
	}
	return nil, false
}

// Parent is none: there is no outer scope to reach.
func (c contact) Parent() cel.Activation { return nil }

// unknownSizes leaves all sizes to CEL's own rules, so that only a cost without which nothing can run counts.
type unknownSizes struct{}

func (unknownSizes) EstimateSize(cost.AstNode) *cost.SizeEstimate { return nil }

func (unknownSizes) EstimateCallCost(string, string, *cost.AstNode, []cost.AstNode) *cost.CallEstimate {
	return nil
}
