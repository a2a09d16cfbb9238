// Package expr is the one sandboxed evaluator, for `when`, `filter` and `transform`. Expressions are CEL: no loops
// without bound, no side effects, no access to secrets, files or the network; every evaluation has a cost limit.
package expr

import (
	"context"
	"fmt"
	"reflect"
	"strconv"
	"sync"

	"cel.dev/cel-go/cel"
	"cel.dev/cel-go/ext"

	"tandem/internal/record"
)

// Use says what an expression is for, which decides the names it may use and the type of its result.
type Use string

// The uses.
const (
	When      Use = "when"      // bool over a contact and its opportunities
	Filter    Use = "filter"    // the same with `side`
	Transform Use = "transform" // any value over `value`
)

// Bounds of one evaluation. Source: measured against nested loops over 1,000 tags and texts that grow by replace.
const (
	costLimit      = 10_000
	sourceBytesMax = 4096
	recursionMax   = 50
	interruptEvery = 100 // comprehension steps between looks at the context
)

// Program is a compiled expression. Safe for concurrent use.
type Program struct {
	use Use
	src string
	prg cel.Program
}

// Source is the text that was compiled.
func (p *Program) Source() string { return p.src }

// environments are built when the first expression is compiled, since they cost more than starting does.
var environments = sync.OnceValues(func() (map[Use]*cel.Env, error) {
	common := []cel.EnvOption{
		ext.Strings(), ext.Lists(), cel.OptionalTypes(), cel.ParserExpressionSizeLimit(sourceBytesMax), cel.ParserRecursionLimit(recursionMax),
	}
	contact := append([]cel.EnvOption{}, common...)
	for _, name := range contactTexts {
		contact = append(contact, cel.Variable(name, cel.StringType))
	}
	contact = append(contact, cel.Variable("tags", cel.ListType(cel.StringType)), cel.Variable("custom", cel.MapType(cel.StringType, cel.DynType)),
		cel.Variable("opportunities", cel.ListType(cel.DynType)))
	out := map[Use]*cel.Env{}
	for use, opts := range map[Use][]cel.EnvOption{
		When:      contact,
		Filter:    append(append([]cel.EnvOption{}, contact...), cel.Variable("side", cel.StringType)),
		Transform: append(append([]cel.EnvOption{}, common...), cel.Variable("value", cel.DynType)),
	} {
		env, err := cel.NewEnv(opts...)
		if err != nil {
			return nil, fmt.Errorf("expression environment: %w", err)
		}
		out[use] = env
	}
	return out, nil
})

// contactTexts are the texts of a contact that an expression sees.
var contactTexts = [...]string{"first_name", "last_name", "email", "phone", "company", "street", "city", "state", "postal_code", "country", "website", "type", "source"}

// Compile checks an expression and makes it ready to run. Its error is for the person who wrote it: what, line, column.
func Compile(use Use, src string) (*Program, error) {
	envs, err := environments()
	if err != nil {
		return nil, err
	}
	env, ok := envs[use]
	if !ok {
		return nil, fmt.Errorf("no expressions for %q", use)
	}
	if len(src) > sourceBytesMax {
		return nil, fmt.Errorf("the expression is longer than %d bytes", sourceBytesMax)
	}
	ast, issues := env.Compile(src)
	if issues != nil && issues.Err() != nil {
		return nil, tell(use, issues)
	}
	if out := ast.OutputType(); use != Transform && !out.IsExactType(cel.BoolType) && !out.IsExactType(cel.DynType) {
		return nil, fmt.Errorf("line 1, column 1: the expression gives %s; it has to give true or false", out)
	}
	prg, err := env.Program(ast, cel.CostLimit(costLimit), cel.InterruptCheckFrequency(interruptEvery), cel.EvalOptions(cel.OptOptimize))
	if err != nil {
		return nil, fmt.Errorf("expression %q: %w", src, err)
	}
	return &Program{use: use, src: src, prg: prg}, nil
}

// tell turns the first issue into a sentence with line and column, both counted from 1.
func tell(use Use, issues *cel.Issues) error {
	errs := issues.Errors()
	if len(errs) == 0 {
		return issues.Err()
	}
	e := errs[0]
	hint := "names: first_name, email, company, tags, type, custom, opportunities, …"
	if use == Transform {
		hint = "the only name is `value`"
	}
	return fmt.Errorf("line %d, column %d: %s (%s)", e.Location.Line(), e.Location.Column()+1, e.Message, hint)
}

// Bool runs a When or Filter.
func (p *Program) Bool(ctx context.Context, vars map[string]any) (bool, error) {
	v, _, err := p.prg.ContextEval(ctx, vars)
	if err != nil {
		return false, fmt.Errorf("%s %q: %w", p.use, p.src, err)
	}
	b, ok := v.Value().(bool)
	if !ok {
		return false, fmt.Errorf("%s %q gave %v, not true or false", p.use, p.src, v.Type())
	}
	return b, nil
}

// Value runs a Transform. A set is a list of texts in it; an empty value is the empty text.
func (p *Program) Value(ctx context.Context, value record.Value) (record.Value, error) {
	var in any = value.Text()
	if value.IsSet() {
		in = value.Items()
	}
	v, _, err := p.prg.ContextEval(ctx, map[string]any{"value": in})
	if err != nil {
		return record.Value{}, fmt.Errorf("transform %q: %w", p.src, err)
	}
	if list, err := v.ConvertToNative(reflect.TypeFor[[]string]()); err == nil {
		return record.Set(list.([]string)...), nil
	}
	switch t := v.Value().(type) {
	case nil:
		return record.Value{}, nil
	case string:
		return record.Text(t), nil
	case bool:
		return record.Text(strconv.FormatBool(t)), nil
	case int64:
		return record.Text(strconv.FormatInt(t, 10)), nil
	case uint64:
		return record.Text(strconv.FormatUint(t, 10)), nil
	case float64:
		return record.Text(strconv.FormatFloat(t, 'f', -1, 64)), nil
	}
	return record.Value{}, fmt.Errorf("transform %q gave %v; it has to give a text, a number, true or false, or a list of texts", p.src, v.Type())
}
