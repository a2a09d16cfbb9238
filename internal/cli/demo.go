package cli

import (
	"fmt"
	"os"

	"tandem/internal/demo"
)

type demoVerb struct {
	JSON     bool  `name:"json" help:"The report as JSON, without the story."`
	Contacts int   `default:"300" help:"People made up over both sides; at least 100."`
	Seed     int64 `default:"1" help:"The same seed makes the same people."`
	Serve    bool  `help:"Stay up after the verdict, until an interrupt."`
}

func (demoVerb) Help() string {
	return "Both systems are simulated on the loopback; the service runs as a child process and is killed on the way. Nothing is left behind. Exit 0 only if both sides agree at the end, read back over HTTP.\n\nExample:\n\n    tandem demo\n    tandem demo --json --contacts 500\n"
}

// Run plays the main job on simulated accounts.
func (v demoVerb) Run(c *call) error {
	if v.Contacts < 100 {
		return &usageError{fmt.Sprintf("--contacts %d is too few for the edits that are played: at least 100", v.Contacts)}
	}
	exe, err := os.Executable()
	if err != nil {
		return err
	}
	return demo.Run(c.ctx, demo.Options{Out: c.out, JSON: v.JSON, Executable: exe, Contacts: v.Contacts, Seed: v.Seed, KeepUp: v.Serve})
}
