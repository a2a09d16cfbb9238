package archtest

import (
	"go/ast"
	"slices"
	"strings"
	"testing"
)

// impure are the standard packages that bring the world in.
func impure() map[string]string {
	return map[string]string{
		"os": "no files and no environment", "os/exec": "no processes", "io/fs": "no files", "net": "no network", "net/http": "no network",
		"log": "no logger: callers tell", "log/slog": "no logger: callers tell", "database/sql": "no store",
		"math/rand": "chance comes in as a value (I10)", "math/rand/v2": "chance comes in as a value (I10)", "crypto/rand": "chance comes in as a value (I10)",
		"hash/maphash": "its seed differs from run to run (I10)", "runtime": "no knowledge of the process",
	}
}

// clocks are the functions of package time that read or wait for one.
func clocks() []string {
	return []string{"Now", "Since", "Until", "Sleep", "After", "AfterFunc", "Tick", "NewTimer", "NewTicker"}
}

// exempt are uses in pure rooms that keep what the ban is for; each with its reason.
func exempt(room, what string) bool {
	switch room + " " + what {
	case "expr runtime": // types of errors that the evaluator lets escape, no knowledge of the process
		return true
	}
	return false
}

func TestPureRoomsHaveNoWorldInThem(t *testing.T) {
	bans := impure()
	for _, f := range sources(t) {
		if !pure(f.room) {
			continue
		}
		f.imports(func(path string, spec *ast.ImportSpec) {
			if why, banned := bans[path]; banned && !exempt(f.room, path) {
				t.Errorf("%s: pure room %s imports %s: %s; %s", f.at(spec), f.room, path, why, pureReason)
			}
		})
		ast.Inspect(f.ast, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.GoStmt:
				t.Errorf("%s: pure room %s starts a goroutine: %s", f.at(n), f.room, pureReason)
			case *ast.ChanType, *ast.SelectStmt:
				t.Errorf("%s: pure room %s has channels: %s", f.at(n), f.room, pureReason)
			case *ast.SelectorExpr:
				if x, ok := n.X.(*ast.Ident); ok && x.Name == "time" && slices.Contains(clocks(), n.Sel.Name) {
					t.Errorf("%s: pure room %s uses time.%s: `now` comes in as a value, so that the same seed gives the same trace (I10)", f.at(n), f.room, n.Sel.Name)
				}
				if x, ok := n.X.(*ast.Ident); ok && x.Name == "sync" && !strings.HasPrefix(n.Sel.Name, "Once") && !exempt(f.room, "sync."+n.Sel.Name) {
					t.Errorf("%s: pure room %s uses sync.%s: it holds nothing that could be shared", f.at(n), f.room, n.Sel.Name)
				}
			}
			return true
		})
	}
}

// The environment is read in one place: a setting that is read elsewhere is one that no mistake message knows of.
func TestTheEnvironmentIsReadInOnePlace(t *testing.T) {
	for _, f := range sources(t) {
		switch f.room {
		case "", "cli", "config", "store/storetest":
			continue
		case "demo", "bench": // processes of their own get the environment of this one
			continue
		}
		ast.Inspect(f.ast, func(n ast.Node) bool {
			if s, ok := n.(*ast.SelectorExpr); ok {
				if x, ok := s.X.(*ast.Ident); ok && x.Name == "os" && slices.Contains([]string{"Getenv", "LookupEnv", "Environ"}, s.Sel.Name) {
					t.Errorf("%s: %s reads the environment: only cli does, and hands it to config", f.at(n), f.room)
				}
			}
			return true
		})
	}
}
