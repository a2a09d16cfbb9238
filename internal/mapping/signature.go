package mapping

import (
	"crypto/sha256"
	"encoding/hex"
	"maps"
	"slices"
	"strings"

	"tandem/internal/merge"
)

// Signature lists the names and paths of all rows, those that are off included, a line each, sorted. The store keeps it:
// a later start tells from it which rows were renamed, and which names vanished.
func (t Table) Signature() string {
	var lines []string
	for _, r := range slices.Concat(t.Rows, t.Off) {
		lines = append(lines, r.Name+"\t"+r.GHL+"\t"+r.Commonsku.String())
	}
	slices.Sort(lines)
	return strings.Join(lines, "\n")
}

// Hash is a short form of Signature.
func (t Table) Hash() string {
	sum := sha256.Sum256([]byte(t.Signature()))
	return hex.EncodeToString(sum[:12])
}

// Renames tells which rows of a former table live on under another name: those that a row names with `was`, and those
// whose two paths a new name has.
func (t Table) Renames(signature string) map[string]string {
	rows := slices.Concat(t.Rows, t.Off)
	names := map[string]bool{}
	for _, r := range rows {
		names[r.Name] = true
	}
	old := map[string]string{} // paths -> name
	known := map[string]bool{}
	for line := range strings.Lines(signature) {
		name, paths, _ := strings.Cut(strings.TrimSuffix(line, "\n"), "\t")
		if old[paths] == "" && !names[name] {
			old[paths] = name
		}
		known[name] = true
	}
	out := map[string]string{}
	for _, r := range rows {
		was := old[r.GHL+"\t"+r.Commonsku.String()]
		switch {
		case r.Was != "" && !names[r.Was]:
			out[r.Was] = r.Name
		case was != "" && !known[r.Name]:
			if _, taken := out[was]; !taken {
				out[was] = r.Name
			}
		}
	}
	return out
}

// Vanished are the names of a former table that this one neither has nor renames, sorted. Their bases would be lost in
// silence, so serve stops for them until the plan was seen.
func (t Table) Vanished(signature string) []string {
	renamed := t.Renames(signature)
	names := map[string]bool{}
	for _, r := range slices.Concat(t.Rows, t.Off) {
		names[r.Name] = true
	}
	var out []string
	for line := range strings.Lines(signature) {
		name, _, _ := strings.Cut(strings.TrimSuffix(line, "\n"), "\t")
		if _, ok := renamed[name]; !ok && name != "" && !names[name] {
			out = append(out, name)
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// Migrate moves the bases of renamed rows to their new names; a base under the new name wins. signature is that of the
// table under which bases were stored, "" if only `was` is to count. It returns bases itself where nothing is renamed.
func (t Table) Migrate(bases map[string]merge.Base, signature string) map[string]merge.Base {
	renamed := t.Renames(signature)
	out, cloned := bases, false
	for old, name := range renamed {
		b, ok := bases[old]
		if !ok {
			continue
		}
		if !cloned {
			out, cloned = maps.Clone(bases), true
		}
		delete(out, old)
		if _, ok := bases[name]; !ok {
			out[name] = b
		}
	}
	return out
}
