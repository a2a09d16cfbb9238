package cli

import (
	"runtime"
	"runtime/debug"
)

type versionVerb struct{ jsonFlag }

func (versionVerb) Help() string {
	return "Example:\n\n    tandem version --json\n"
}

// Run prints the version, taken from what Go recorded at build time.
func (v versionVerb) Run(c *call) error {
	out := struct {
		Version  string `json:"version"`
		Revision string `json:"revision,omitempty"`
		Go       string `json:"go"`
		System   string `json:"system"`
	}{Version: "unknown", Go: runtime.Version(), System: runtime.GOOS + "/" + runtime.GOARCH}
	if info, ok := debug.ReadBuildInfo(); ok {
		out.Version = info.Main.Version
		for _, s := range info.Settings {
			if s.Key == "vcs.revision" {
				out.Revision = s.Value
			}
		}
	}
	if v.JSON {
		return c.json(out)
	}
	c.say("tandem %s %s (%s, %s)", out.Version, out.Revision, out.Go, out.System)
	return nil
}
