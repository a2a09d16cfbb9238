package archtest

import (
	"go/ast"
	"go/token"
	"regexp"
	"slices"
	"strings"
	"testing"
)

func TestNothingRunsBeforeMain(t *testing.T) {
	for _, f := range everything(t) {
		for _, d := range f.ast.Decls {
			if fn, ok := d.(*ast.FuncDecl); ok && fn.Recv == nil && fn.Name.Name == "init" {
				t.Errorf("%s: func init: what a package needs is built by app, in plain sight and with its error", f.at(fn))
			}
		}
		f.imports(func(path string, spec *ast.ImportSpec) {
			if spec.Name == nil || spec.Name.Name != "_" || path == "embed" || f.test {
				return
			}
			if f.room == "" && path == "time/tzdata" {
				return // data: machines without a zone database
			}
			t.Errorf("%s: blank import of %s: registration is hidden coupling; name what you use", f.at(spec), path)
		})
	}
}

// variables are package variables that are neither sentinels nor tables, each with its reason. The list only shrinks.
func variables() map[string]string {
	return map[string]string{
		"record.Kinds":            "an order that everybody ranges over",
		"engine.identityOf":       "a table of two rows",
		"operation/gen.kindNames": "a table of the generator, in no binary",
		"web/api.ok":              "a constant that is bytes",
	}
}

// A package variable that can change is state that no test resets and no reader sees. Errors, compiled patterns, embedded
// files, arrays and values computed once are constants in all but name.
func TestPackagesHaveNoMutableVariables(t *testing.T) {
	for _, f := range sources(t) {
		for _, d := range f.ast.Decls {
			g, ok := d.(*ast.GenDecl)
			if !ok || g.Tok != token.VAR {
				continue
			}
			for _, s := range g.Specs {
				v := s.(*ast.ValueSpec)
				embedded := hasEmbed(g.Doc) || hasEmbed(v.Doc)
				for i, name := range v.Names {
					if name.Name == "_" || embedded || i < len(v.Values) && constant(v.Values[i]) || variables()[f.room+"."+name.Name] != "" {
						continue
					}
					t.Errorf("%s: package variable %s.%s can change: make it a constant, an array, a function, or a field of what app builds", f.at(name), f.room, name.Name)
				}
			}
		}
	}
}

func hasEmbed(doc *ast.CommentGroup) bool {
	return doc != nil && slices.ContainsFunc(doc.List, func(c *ast.Comment) bool { return strings.HasPrefix(c.Text, "//go:embed ") })
}

// constant says that nobody is meant to change the value: a sentinel, a pattern, an array, or what is computed once.
func constant(e ast.Expr) bool {
	switch e := e.(type) {
	case *ast.CallExpr:
		s, ok := e.Fun.(*ast.SelectorExpr)
		if !ok {
			return false
		}
		x, ok := s.X.(*ast.Ident)
		if !ok {
			return false
		}
		switch x.Name + "." + s.Sel.Name {
		case "errors.New", "fmt.Errorf", "regexp.MustCompile", "strings.NewReplacer", "sync.OnceValue", "sync.OnceValues":
			return true
		}
	case *ast.CompositeLit:
		a, ok := e.Type.(*ast.ArrayType)
		return ok && a.Len != nil
	case *ast.UnaryExpr: // an error with fields
		lit, ok := e.X.(*ast.CompositeLit)
		if !ok {
			return false
		}
		name, ok := lit.Type.(*ast.Ident)
		return ok && name.Name == "Error"
	}
	return false
}

func TestEveryPackageSaysWhatItIs(t *testing.T) {
	docs := map[string]string{}
	for _, f := range sources(t) {
		if f.ast.Doc != nil && strings.HasPrefix(f.ast.Doc.Text(), "Package ") || f.room == "" || f.ast.Name.Name == "main" && f.ast.Doc != nil {
			docs[f.room] = f.ast.Doc.Text()
		} else if _, seen := docs[f.room]; !seen {
			docs[f.room] = ""
		}
	}
	for room, doc := range docs {
		if room != "" && len(strings.Fields(doc)) < 12 {
			t.Errorf("internal/%s: its package comment must say what it is, what it never does and which invariants it keeps", room)
		}
	}
}

func TestPackagesAreNounsOfTheDomain(t *testing.T) {
	for _, f := range everything(t) {
		switch name := strings.TrimSuffix(f.ast.Name.Name, "_test"); name {
		case "util", "utils", "common", "helper", "helpers", "types", "misc", "base", "shared", "lib":
			t.Errorf("%s: package %s says nothing about what is in it", f.path, name)
		}
	}
}

// linesMax is when a second idea has certainly moved in. It only goes down.
const linesMax = 460

func TestFilesHoldOneIdea(t *testing.T) {
	for _, f := range everything(t) {
		if !f.generated && f.lines > linesMax {
			t.Errorf("%s has %d lines: which second idea moved in? (300 is a good size, %d the limit)", f.path, f.lines, linesMax)
		}
	}
}

func TestNothingIsLeftForLater(t *testing.T) {
	later := regexp.MustCompile(`\b(TODO|FIXME|XXX|HACK)\b`)
	for _, f := range everything(t) {
		if f.room == "archtest" {
			continue
		}
		for _, g := range f.ast.Comments {
			if later.MatchString(g.Text()) {
				t.Errorf("%s: %q: plans belong in an issue", f.at(g), strings.TrimSpace(g.Text()))
			}
		}
	}
}

// A test that can be skipped is one that nobody misses. Suites of a database or of shared files say loudly when they must run.
func TestSkipsNameWhatTheyNeed(t *testing.T) {
	for _, f := range everything(t) {
		if !f.test && f.room != "store/storetest" && f.room != "connector/connectortest" || f.room == "archtest" {
			continue
		}
		skips, requires := 0, false // `go test -short` is a person in a hurry, never CI
		ast.Inspect(f.ast, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.SelectorExpr:
				x, ok := n.X.(*ast.Ident)
				if ok && x.Name == "testing" && n.Sel.Name == "Short" {
					skips--
				}
				if ok && slices.Contains([]string{"t", "tb", "b", "f"}, x.Name) && slices.Contains([]string{"Skip", "Skipf", "SkipNow"}, n.Sel.Name) {
					skips++
				}
			case *ast.BasicLit:
				requires = requires || strings.Contains(n.Value, "TANDEM_REQUIRE_")
			}
			return true
		})
		if skips > 0 && !requires {
			t.Errorf("%s skips tests without failing under TANDEM_REQUIRE_…=1", f.path)
		}
	}
}
