// Package expr is the one sandboxed evaluator of Tandem, for the expressions of a configuration: `when`, `filter` and
// `transform`. The language is CEL. It is pure: an expression sees the values that it is given and nothing else, neither
// secrets nor files nor the network nor the clock, and it changes nothing.
//
// Kept here: every run is bounded in time and memory, whatever the expression and the values are (costMax, the size of a
// source, the depth of nesting, and the context); a mistake is told to the person who wrote it, with line and column.
package expr

import (
	"context"
	"errors"
	"fmt"

	"cel.dev/cel-go/cel"

	"tandem/internal/record"
)

// Use says what an expression is for, which decides the names that it may use and what it has to give.
type Use string

// The uses.
const (
	When      Use = "when"      // true or false over a contact: may it be created in commonsku?
	Filter    Use = "filter"    // the same, with `side`: is it kept in step?
	Transform Use = "transform" // any value over `value`
)

// Program is a compiled expression. Safe for concurrent use; compile once, run often.
type Program struct {
	use     Use
	source  string
	program cel.Program
}

// Source is the text that was compiled.
func (p *Program) Source() string { return p.source }

// Compile checks an expression and makes it ready to run. What is wrong with the source is told as Mistakes.
func Compile(use Use, source string) (*Program, error) {
	env, err := environment(use)
	if err != nil {
		return nil, err
	}
	if n := len([]rune(source)); n > sourceMax {
		return nil, Mistakes{{1, 1, fmt.Sprintf("the expression is %d characters long", n), fmt.Sprintf("at most %d are allowed", sourceMax)}}
	}
	ast, issues := env.Compile(source)
	if issues.Err() != nil {
		return nil, mistakes(use, issues.Errors())
	}
	if out := ast.OutputType(); use != Transform && !out.IsExactType(cel.BoolType) && !out.IsExactType(cel.DynType) {
		return nil, Mistakes{{1, 1, "it gives " + plainType(out.String()), "it has to give true or false, so compare it with something: … == 'x'"}}
	}
	if cost, err := env.EstimateCost(ast, unknownSizes{}); err == nil && cost.Min > costMax {
		return nil, Mistakes{{1, 1, "it would always be stopped for taking too long", "make its lists shorter or its loops fewer"}}
	}
	program, err := env.Program(ast, bounds()...)
	if err != nil { // constants that cannot be, such as a regular expression
		return nil, Mistakes{{1, 1, err.Error(), ""}}
	}
	return &Program{use, source, program}, nil
}

// Bool runs a When or a Filter over the variables of a contact. One that vars leaves out is empty: "", or a list or a map
// without elements.
func (p *Program) Bool(ctx context.Context, vars map[string]any) (bool, error) {
	out, _, err := p.program.ContextEval(ctx, contact(vars))
	if err != nil {
		return false, p.fault(err)
	}
	b, ok := out.Value().(bool)
	if !ok {
		return false, p.fault(fmt.Errorf("it gives %s and not true or false", plainType(out.Type().TypeName())))
	}
	return b, nil
}

// Value runs a Transform. `value` is a text, or a list of texts for a set; where the expression cannot work on a text, it
// is tried as the number, then as the yes or no that the text spells. A list becomes a set, a number or a truth value its
// text, null and an empty optional the empty value.
func (p *Program) Value(ctx context.Context, value record.Value) (record.Value, error) {
	var first error
	for in := range readings(value) {
		out, _, err := p.program.ContextEval(ctx, map[string]any{"value": in})
		if err == nil {
			v, err := valueOf(out)
			if err != nil {
				return record.Value{}, p.fault(err)
			}
			return v, nil
		}
		if first == nil {
			first = err
		}
		if !isMisfit(err) {
			return record.Value{}, p.fault(err)
		}
	}
	return record.Value{}, p.fault(first)
}

// fault is a failed run for people. Values do not appear in it, as they may be personal.
func (p *Program) fault(err error) error {
	what, mend := runtimeMistake(p.source, err)
	if errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) {
		return fmt.Errorf("%s %q was stopped: %w", p.use, excerpt(p.source), err)
	}
	if mend != "" {
		mend = "; " + mend
	}
	return fmt.Errorf("%s %q: %s%s", p.use, excerpt(p.source), what, mend)
}

// excerpt is enough of a source to find it again.
func excerpt(source string) string {
	const most = 80
	if runes := []rune(source); len(runes) > most {
		return string(runes[:most]) + "…"
	}
	return source
}
