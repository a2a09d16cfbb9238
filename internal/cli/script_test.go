package cli

import (
	"os"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"tandem/internal/sandbox"
	"tandem/internal/sandbox/wire"
)

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){
		"tandem": func() { os.Exit(Main(os.Args[1:], os.Stdin, os.Stdout, os.Stderr, os.Environ())) },
	})
}

// TestDialogues runs the files of testdata/script: whole dialogues of a person with the program, one a file, each between
// two simulated accounts of its own, empty at first, under GHL_URL and COMMONSKU_URL.
func TestDialogues(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir: "testdata/script", RequireExplicitExec: true,
		Cmds: map[string]func(*testscript.TestScript, bool, []string){"exits": exits, "until": until, "made": made, "edited": edited},
		Setup: func(e *testscript.Env) error {
			quota := wire.Quota{Burst: 1000, Interval: time.Second}
			w, err := sandbox.Start(sandbox.Options{Seed: 1, GHLQuota: wire.Quota{Burst: 1000, Interval: 10 * time.Second, Daily: 200_000}, CommonskuQuota: quota})
			if err != nil {
				return err
			}
			e.Defer(func() { _ = w.Close() })
			e.Values[theWorld] = w
			for name, value := range map[string]string{
				"GHL_URL": w.GHLBaseURL, "COMMONSKU_URL": w.CommonskuBaseURL, "LOCATION": w.LocationID,
				"GHL_TOKEN": w.GHLToken, "COMMONSKU_TOKEN": w.CommonskuToken, "TANDEM_ADMIN_TOKEN": "0123456789abcdef0123",
			} {
				e.Setenv(name, value)
			}
			return nil
		},
	})
}

// theWorld is the key of a script's simulated accounts.
const theWorld = "world"
