package cli

import (
	"os"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
)

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){
		"tandem": func() { os.Exit(Main(os.Args[1:], os.Stdin, os.Stdout, os.Stderr, os.Environ())) },
	})
}

// TestDialogues runs the files of testdata/script: whole dialogues of a person with the program, one a file.
func TestDialogues(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir: "testdata/script", RequireExplicitExec: true,
		Cmds: map[string]func(*testscript.TestScript, bool, []string){"exits": exits},
		Setup: func(e *testscript.Env) error {
			e.Setenv("GHL_TOKEN", "pit-1")
			e.Setenv("COMMONSKU_TOKEN", "key-1")
			e.Setenv("TANDEM_ADMIN_TOKEN", "0123456789abcdef0123")
			return nil
		},
	})
}
