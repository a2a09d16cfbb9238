package expr

import (
	"errors"
	"fmt"
	"iter"
	"math"
	"strconv"
	"strings"
	"time"

	"cel.dev/cel-go/common/types"
	"cel.dev/cel-go/common/types/ref"
	"cel.dev/cel-go/common/types/traits"

	"tandem/internal/record"
)

// readings are what a raw value can be to an expression, most literal first.
func readings(v record.Value) iter.Seq[any] {
	return func(yield func(any) bool) {
		if v.IsSet() {
			_ = yield(v.Items()) && yield(true)
			return
		}
		text := v.Text()
		if !yield(text) {
			return
		}
		number := record.Number(text)
		if n, err := strconv.ParseInt(number, 10, 64); err == nil && !yield(n) {
			return
		}
		if f, err := strconv.ParseFloat(number, 64); err == nil && !math.IsInf(f, 0) && !math.IsNaN(f) && !yield(f) {
			return
		}
		yield(truth(text))
	}
}

// truth is what `value ? … : …` sees: no for empty and for the spellings of no, yes for all else.
func truth(text string) bool {
	text = record.Bool(text)
	return text != "" && text != "false"
}

// isMisfit says that a run ended because the value was of another type than the expression works on.
func isMisfit(err error) bool {
	return strings.Contains(err.Error(), "no such overload") || strings.Contains(err.Error(), "no matching overload")
}

// valueOf turns a result into a value.
func valueOf(out ref.Val) (record.Value, error) {
	if list, ok := out.(traits.Lister); ok {
		var items []string
		for it := list.Iterator(); it.HasNext() == types.True; {
			item, err := textOf(it.Next())
			if err != nil {
				return record.Value{}, fmt.Errorf("in its list: %w", err)
			}
			items = append(items, item)
		}
		return record.Set(items...), nil
	}
	if opt, ok := out.(*types.Optional); ok && opt.HasValue() {
		return valueOf(opt.GetValue())
	}
	text, err := textOf(out)
	return record.Text(text), err
}

func textOf(out ref.Val) (string, error) {
	switch v := out.(type) {
	case types.Null:
		return "", nil
	case *types.Optional:
		if !v.HasValue() {
			return "", nil
		}
		return textOf(v.GetValue())
	case types.String:
		return string(v), nil
	case types.Bool:
		return strconv.FormatBool(bool(v)), nil
	case types.Int:
		return strconv.FormatInt(int64(v), 10), nil
	case types.Uint:
		return strconv.FormatUint(uint64(v), 10), nil
	case types.Double:
		if math.IsNaN(float64(v)) || math.IsInf(float64(v), 0) {
			return "", errors.New("it gives no number: something is divided by zero")
		}
		return strconv.FormatFloat(float64(v), 'f', -1, 64), nil
	case types.Timestamp:
		return v.UTC().Format(time.RFC3339Nano), nil
	}
	return "", fmt.Errorf("it gives %s; a text, a number, true or false, or a list of texts is wanted", plainType(out.Type().TypeName()))
}
