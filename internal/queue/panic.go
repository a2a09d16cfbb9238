package queue

import (
	"fmt"
	"runtime/debug"
)

// panicked is a panic as an error with its stack.
func panicked(p any) error { return fmt.Errorf("panic: %v\n%s", p, debug.Stack()) }

// text is an error as it is kept in the row, cut at a length that people read.
func text(err error) string {
	if err == nil {
		return ""
	}
	s := err.Error()
	if len(s) > 500 {
		s = s[:500] + "…"
	}
	return s
}
