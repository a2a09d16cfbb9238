package config

import (
	"bytes"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"go.yaml.in/yaml/v4"
)

// Environment looks a variable up; os.LookupEnv is one.
type Environment func(name string) (string, bool)

// Map is an Environment of given variables, each `NAME=value`, as os.Environ has them.
func Map(vars []string) Environment {
	m := make(map[string]string, len(vars))
	for _, v := range vars {
		if name, text, ok := strings.Cut(v, "="); ok {
			m[name] = text
		}
	}
	return func(name string) (string, bool) { s, ok := m[name]; return s, ok }
}

// DefaultFile is where the configuration is looked for, unless --config or TANDEM_CONFIG says otherwise.
const DefaultFile = "tandem.yaml"

// bytesMax bounds a configuration file: a thousand pairs fit.
const bytesMax = 1 << 20

// Load reads and checks the file. Its error is Mistakes, all of them.
func Load(file string, env Environment) (*Config, error) {
	b, err := os.ReadFile(file) //nolint:gosec // the operator names the file
	if err != nil {
		mend := ""
		if errors.Is(err, fs.ErrNotExist) {
			mend = "write one with `tandem init`, or name it with --config FILE"
		}
		return nil, Mistakes{{File: file, What: "cannot read the configuration: " + reason(err), Mend: mend}}
	}
	return Parse(file, b, env)
}

// Parse checks the content of a file. Its error is Mistakes, all of them. It reads the files that `file:` names.
func Parse(file string, content []byte, env Environment) (*Config, error) {
	r := &reader{file: file, folder: filepath.Dir(file), env: env}
	if len(content) > bytesMax {
		r.wrong(0, "", "", "the file is larger than %d MiB", bytesMax>>20)
		return nil, r.mistakes
	}
	c := &Config{File: file}
	root, ok := r.document(content)
	if ok {
		root.config(c)
		r.overlay(c)
		r.check(c)
	}
	if len(r.mistakes) > 0 {
		r.mistakes.sort()
		return nil, r.mistakes
	}
	r.warnings.sort()
	c.Warnings = r.warnings
	return c, nil
}

// document parses YAML without giving it meaning.
func (r *reader) document(content []byte) (value, bool) {
	if len(bytes.TrimSpace(content)) == 0 {
		r.wrong(0, "", "`tandem init` writes a commented example", "the file is empty")
		return value{}, false
	}
	var doc yaml.Node
	if err := yaml.Load(content, &doc); err != nil {
		r.syntax(err)
		return value{}, false
	}
	node := &doc
	if doc.Kind == yaml.DocumentNode && len(doc.Content) == 1 {
		node = doc.Content[0]
	}
	if node.Kind != yaml.MappingNode {
		r.wrong(1, "", "`tandem init` writes a commented example", "must hold keys such as listen and pairs")
		return value{}, false
	}
	return value{r, node, ""}, true
}

func (r *reader) syntax(err error) {
	var one *yaml.LoadError
	var all *yaml.LoadErrors
	switch {
	case errors.As(err, &all) && len(all.Errors) > 0:
		for _, e := range all.Errors {
			r.syntaxAt(e)
		}
	case errors.As(err, &one):
		r.syntaxAt(one)
	default:
		r.wrong(0, "", "check indentation and quotes", "not YAML: %s", strings.TrimPrefix(err.Error(), "yaml: "))
	}
}

func (r *reader) syntaxAt(e *yaml.LoadError) {
	r.wrong(max(e.Mark.Line, e.ContextMark.Line), "", "check indentation and quotes there and in the line before", "not YAML: %s", e.Message)
}

// reason is the cause of a failed file operation without its path, which the message has already.
func reason(err error) string {
	var p *fs.PathError
	switch {
	case err == nil:
		return "not a regular file"
	case errors.Is(err, fs.ErrNotExist):
		return "it does not exist"
	case errors.Is(err, fs.ErrPermission):
		return "permission denied"
	case errors.As(err, &p):
		return p.Err.Error()
	}
	return err.Error()
}
