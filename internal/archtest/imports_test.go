package archtest

import (
	"go/ast"
	"slices"
	"strings"
	"testing"
)

func TestRoomsImportOnlyWhatTheTableAllows(t *testing.T) {
	table := map[string]room{}
	for _, r := range rooms() {
		table[r.name] = r
	}
	told := map[string]bool{}
	for _, f := range sources(t) {
		if f.room == "" {
			f.imports(func(path string, spec *ast.ImportSpec) {
				if inside, ours := strings.CutPrefix(path, module); ours && inside != "cli" {
					t.Errorf("%s: main imports %s: main is nothing but a call into cli", f.at(spec), inside)
				}
			})
			continue
		}
		r, known := table[f.room]
		if !known {
			if !told[f.room] {
				t.Errorf("internal/%s is in no row of the table: say in rooms_test.go what it may import, and why nothing else", f.room)
			}
			told[f.room] = true
			continue
		}
		f.imports(func(path string, spec *ast.ImportSpec) {
			if inside, ours := strings.CutPrefix(path, module); ours && !slices.Contains(r.may, inside) {
				t.Errorf("%s: %s must not import %s: %s", f.at(spec), f.room, inside, r.reason)
			}
		})
	}
}

// The table itself has to be an order: a row names only rows above it, so there is no way around.
func TestTheTableIsAnOrder(t *testing.T) {
	var above []string
	all := rooms()
	for _, r := range all {
		if slices.Contains(above, r.name) {
			t.Errorf("%s has two rows", r.name)
		}
		above = append(above, r.name)
	}
	for _, r := range all {
		if r.reason == "" {
			t.Errorf("%s has no reason", r.name)
		}
		for _, m := range r.may {
			j := slices.Index(above, m)
			if j < 0 {
				t.Errorf("%s may import %s, which has no row", r.name, m)
			} else if slices.Contains(all[j].may, r.name) {
				t.Errorf("%s and %s may import each other", r.name, m)
			}
		}
	}
}

// What a test imports is free, but for the one thing that would blind it.
func TestSandboxAndConnectorsAreStrangersInTestsToo(t *testing.T) {
	for _, f := range everything(t) {
		if !strings.HasPrefix(f.room, "sandbox") {
			continue
		}
		f.imports(func(path string, spec *ast.ImportSpec) {
			if inside, ours := strings.CutPrefix(path, module); ours && !strings.HasPrefix(inside, "sandbox") {
				t.Errorf("%s: a simulated system imports %s: mistakes that are shared are hidden", f.at(spec), inside)
			}
		})
	}
}

func TestLibrariesAreUsedWhereTheyBelong(t *testing.T) {
	for _, f := range sources(t) {
		f.imports(func(path string, spec *ast.ImportSpec) {
			for _, l := range libraries() {
				if (path == l.path || strings.HasPrefix(path, l.path+"/")) && !slices.Contains(l.rooms, f.room) {
					t.Errorf("%s: %s must not import %s: %s", f.at(spec), f.room, path, l.reason)
				}
			}
		})
	}
}
