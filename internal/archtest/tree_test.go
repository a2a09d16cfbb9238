package archtest

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
)

// file is one parsed Go file of the module.
type file struct {
	path      string // from the root of the module
	room      string // "connector/ghl"; "" for cmd
	test      bool
	generated bool
	ast       *ast.File
	fset      *token.FileSet
	lines     int
}

func (f *file) at(n ast.Node) string {
	p := f.fset.Position(n.Pos())
	return f.path + ":" + itoa(p.Line)
}

func itoa(n int) string {
	if n < 10 {
		return string(rune('0' + n))
	}
	return itoa(n/10) + itoa(n%10)
}

// imports are the import paths with their nodes.
func (f *file) imports(yield func(path string, spec *ast.ImportSpec)) {
	for _, spec := range f.ast.Imports {
		yield(strings.Trim(spec.Path.Value, `"`), spec)
	}
}

const (
	root   = "../.."
	module = "tandem/internal/"
)

// tree parses the module once for all tests.
var tree = sync.OnceValues(func() ([]*file, error) {
	var out []*file
	fset := token.NewFileSet()
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() {
			if base := d.Name(); path != root && (strings.HasPrefix(base, ".") || base == "testdata" || base == "bin") {
				return filepath.SkipDir
			}
			return nil
		}
		if !strings.HasSuffix(path, ".go") {
			return nil
		}
		src, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		parsed, err := parser.ParseFile(fset, path, src, parser.ParseComments|parser.SkipObjectResolution)
		if err != nil {
			return err
		}
		rel := filepath.ToSlash(strings.TrimPrefix(path, root+string(filepath.Separator)))
		f := &file{path: rel, test: strings.HasSuffix(rel, "_test.go"), ast: parsed, fset: fset, lines: strings.Count(string(src), "\n"), generated: ast.IsGenerated(parsed)}
		if inside, ok := strings.CutPrefix(rel, "internal/"); ok {
			f.room = inside[:strings.LastIndex(inside, "/")]
		}
		out = append(out, f)
		return nil
	})
	return out, err
})

// sources are the files of the product, without tests.
func sources(t *testing.T) []*file {
	t.Helper()
	return slices.DeleteFunc(slices.Clone(everything(t)), func(f *file) bool { return f.test })
}

func everything(t *testing.T) []*file {
	t.Helper()
	all, err := tree()
	if err != nil {
		t.Fatal(err)
	}
	if len(all) < 100 {
		t.Fatalf("found %d Go files: this is not the module", len(all))
	}
	return all
}
