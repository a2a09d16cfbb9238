package expr

import (
	"cel.dev/cel-go/common/operators"
	"cel.dev/cel-go/common/types"
	"cel.dev/cel-go/common/types/ref"
	"cel.dev/cel-go/common/types/traits"
)

// bill prices calls by the size of what they touch. CEL's own prices hold where it knows the types; a call on `value` or
// on a custom field, whose types are open, costs it one step however large the values are, and so does joining lists.
// Without this, `[value].map(a, a + a)` in a chain doubles a text until the memory is gone.
type bill struct{ sizes *types.SizeCalculator }

// freeUnits is up to where CEL's own price is fair: small values are most of what there is.
const freeUnits = 32

// CallCost is asked after each call, and answers nil to leave the price to CEL.
func (b bill) CallCost(function, overload string, args []ref.Val, result ref.Val) *uint64 {
	var units uint64
	switch {
	case function == operators.Add && len(args) == 2:
		if _, isList := args[1].(traits.Lister); isList {
			units = b.size(args[1]) // loops append to a list one by one, for which the list itself is not copied
		} else {
			units = b.size(result)
		}
	case overload == "" || function == operators.Equals || function == operators.NotEquals || function == operators.In:
		for _, a := range args {
			units += b.size(a)
		}
		units += b.size(result)
	}
	if units <= freeUnits {
		return nil
	}
	units++
	return &units
}

// size is in units of one element, or of ten bytes of a text. Lists and maps remember theirs.
func (b bill) size(v ref.Val) uint64 {
	switch v := v.(type) {
	case nil, types.Bool, types.Int, types.Uint, types.Double, types.Null, *types.Err:
		return 1
	case types.String:
		return 1 + uint64(len(v)/10)
	case types.Bytes:
		return 1 + uint64(len(v)/10)
	}
	return uint64(b.sizes.ApproximateAggregateSize(v).Size)
}
