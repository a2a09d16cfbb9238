// Package cli is the command line of Tandem: a file a verb. A verb parses, calls operate (of a running service, or of
// the database itself when none runs), and prints. There is no logic here, and nothing that `--json` does not show.
//
// Exit codes, from one classifier (exit.go): 0 done, 1 failed, 2 wrong use, 3 done but some records need a person.
package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"strings"
	"syscall"

	"github.com/alecthomas/kong"

	"tandem/internal/config"
)

// grammar is the whole command line.
type grammar struct {
	Config  string `placeholder:"FILE" help:"The configuration; tandem.yaml here, unless TANDEM_CONFIG names another."`
	Verbose bool   `short:"v" help:"Log what happens, to standard error."`

	Init    initVerb    `cmd:"" help:"Write a commented tandem.yaml."`
	Doctor  doctorVerb  `cmd:"" help:"Check configuration, database, credentials and reach; one line each, with the mend."`
	Match   matchVerb   `cmd:"" help:"First linking: who is who on both sides, with scores."`
	Plan    planVerb    `cmd:"" help:"A dry run: every write a full sync would do now, and why."`
	Sync    syncVerb    `cmd:"" help:"One full reconciliation, then exit."`
	Serve   serveVerb   `cmd:"" help:"The service: webhooks, workers, sweeps."`
	Status  statusVerb  `cmd:"" help:"Health of every pair: lag, queue, quota left, what waits for a person."`
	Explain explainVerb `cmd:"" help:"One record's link, values, history, and why it is not in step."`

	Conflicts conflictsVerb `cmd:"" help:"Fields that both sides changed: list, show, resolve."`
	Errors    errorsVerb    `cmd:"" help:"Records parked with their reason: list, show, replay, discard."`
	Deletes   deletesVerb   `cmd:"" help:"Deletes that the guard holds: list, approve, discard."`
	Asks      asksVerb      `cmd:"" help:"Records that only a person can place: list, show, decide."`
	Pause     pauseVerb     `cmd:"" help:"Stop a pair; webhooks are still taken."`
	Resume    resumeVerb    `cmd:"" help:"Lift what pause did."`

	Demo    demoVerb    `cmd:"" help:"The main job with one command, on simulated accounts."`
	Sandbox sandboxVerb `cmd:"" help:"Both systems simulated on real ports, for trying things out and for tests."`
	Keys    keysVerb    `cmd:"" help:"The master key."`
	Version versionVerb `cmd:"" help:"What this program is."`
}

// Main runs one command line (without the program's name) and returns its exit code. env is as os.Environ gives it.
// An interrupt ends the verb in order; a second one ends the process.
func Main(args []string, stdin io.Reader, stdout, stderr io.Writer, env []string) int {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	context.AfterFunc(ctx, stop) // from here on the default again: the second one ends the process
	c := &call{ctx: ctx, in: stdin, out: stdout, err: stderr, env: config.Map(env)}
	code, err := c.run(args)
	if err != nil {
		c.tell(err)
	}
	return code
}

// exited carries the code of a verb that kong itself ends, which is --help only.
type exited struct{ code int }

func (c *call) run(args []string) (code int, err error) {
	defer func() {
		if x := recover(); x != nil {
			e, is := x.(exited)
			if !is {
				panic(x)
			}
			code = e.code
		}
	}()
	var g grammar
	parser, err := newParser(&g, c)
	if err != nil {
		return exitFailed, err
	}
	if len(args) == 0 {
		args = []string{"--help"}
	}
	parsed, err := parser.Parse(args)
	if err != nil {
		return exitUsage, usage(err, parser, args)
	}
	c.file, c.verbose = g.Config, g.Verbose
	err = parsed.Run(c)
	return exitOf(err), err
}

func newParser(g *grammar, c *call) (*kong.Kong, error) {
	return kong.New(g,
		kong.Name("tandem"),
		kong.Description("Two-way sync of GoHighLevel and commonsku. Exit codes: 0 done, 1 failed, 2 wrong use, 3 done but some records need a person."),
		kong.Writers(c.out, c.err),
		kong.Exit(func(code int) { panic(exited{code}) }),
		kong.ConfigureHelp(kong.HelpOptions{Compact: true, NoExpandSubcommands: true, WrapUpperBound: 110}),
	)
}

// usage tells a mistake on the command line, with where to read on.
func usage(err error, parser *kong.Kong, args []string) error {
	verb := ""
	for _, n := range parser.Model.Children {
		if len(args) > 0 && n.Name == args[0] {
			verb = " " + n.Name
		}
	}
	return &usageError{fmt.Sprintf("%s (see `tandem%s --help`)", err, verb)}
}

// tell prints an error for people: one line each, nothing twice.
func (c *call) tell(err error) {
	var needs *needsPerson
	if errors.As(err, &needs) {
		c.note("%s", needs.Error())
		return
	}
	for line := range strings.Lines(err.Error()) {
		c.note("tandem: %s", strings.TrimRight(line, "\n"))
	}
}
