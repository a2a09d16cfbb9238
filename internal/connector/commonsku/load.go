package commonsku

import (
	"embed"
	"fmt"
	"os"
	"slices"
	"strings"
)

//go:embed profiles/*.yaml
var profiles embed.FS

// Builtin lists the profiles that ship with Tandem.
func Builtin() []string { return []string{"default", "readonly", "csv"} }

// Source is the text of a built-in profile, to be copied and changed.
func Source(name string) ([]byte, error) {
	if !slices.Contains(Builtin(), name) {
		return nil, fmt.Errorf("there is no built-in profile %q: there are %s", name, strings.Join(Builtin(), ", "))
	}
	return profiles.ReadFile("profiles/" + name + ".yaml")
}

// LoadProfile reads a profile: a built-in one by its name ("" is default), any other name is the path of a file. Mistakes in a
// file are told all at once, as Mistakes.
func LoadProfile(name string) (*Profile, error) {
	if name == "" {
		name = "default"
	}
	if slices.Contains(Builtin(), name) {
		b, err := Source(name)
		if err != nil {
			return nil, err
		}
		return ParseProfile("profiles/"+name+".yaml", b)
	}
	b, err := os.ReadFile(name) //nolint:gosec // the operator names the file
	if err != nil {
		return nil, Mistakes{{File: name, What: "cannot read the connector profile: " + reason(err), Mend: "name a file, or one of " + strings.Join(Builtin(), ", ")}}
	}
	return ParseProfile(name, b)
}

func reason(err error) string {
	if i := strings.LastIndex(err.Error(), ": "); i >= 0 {
		return err.Error()[i+2:]
	}
	return err.Error()
}
