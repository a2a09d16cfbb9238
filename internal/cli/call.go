package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"

	"golang.org/x/term"

	"tandem/internal/app"
	"tandem/internal/client"
	"tandem/internal/config"
	"tandem/internal/operate"
	"tandem/internal/telemetry"
	"tandem/internal/web/api"
)

// call is one run of the program: its streams, its environment, and what the flags for all verbs say.
type call struct {
	ctx      context.Context //nolint:containedctx // a run of the program is one request
	in       io.Reader
	out, err io.Writer
	env      config.Environment
	file     string
	verbose  bool
}

// note prints a line for people beside the output proper.
func (c *call) note(format string, args ...any) {
	_, _ = fmt.Fprintf(c.err, format+"\n", args...) // nowhere else to tell it
}

func (c *call) configFile() string {
	if c.file != "" {
		return c.file
	}
	if f, ok := c.env("TANDEM_CONFIG"); ok && f != "" {
		return f
	}
	return config.DefaultFile
}

func (c *call) load() (*config.Config, error) { return config.Load(c.configFile(), c.env) }

func (c *call) logger(level slog.Level) *slog.Logger {
	return telemetry.NewLogger(telemetry.LogOptions{Out: c.err, Level: level, JSON: !isTerminal(c.err)})
}

func (c *call) quietLogger() *slog.Logger {
	if c.verbose {
		return c.logger(slog.LevelInfo)
	}
	return c.logger(slog.LevelError)
}

// isTerminal says whether a stream is a terminal, where bars move and lines are coloured by whoever reads them.
func isTerminal(stream any) bool {
	f, ok := stream.(*os.File)
	return ok && term.IsTerminal(int(f.Fd()))
}

// session is what a verb works on: a running service, or the database itself.
type session struct {
	api.Operator
	cfg    *config.Config
	remote bool
	app    *app.App // nil if remote
}

// open finds the running service by the lock file beside the database, and opens the database itself if none runs. On
// PostgreSQL it always opens the database: any number of processes may.
func (c *call) open() (*session, error) {
	cfg, err := c.load()
	if err != nil {
		return nil, err
	}
	if path, is := cfg.SQLitePath(); is {
		lock, held, err := c.holder(path)
		switch {
		case err != nil:
			return nil, err
		case held && lock.Address == "":
			return nil, fmt.Errorf("database: another tandem (process %d) works on %s and takes no requests; wait until it has ended", lock.PID, path)
		case held && cfg.AdminToken == "":
			return nil, fmt.Errorf("tandem serve (process %d) has %s and takes requests with the admin token only; set admin_token in %s, for it and for this command", lock.PID, path, cfg.File)
		case held:
			return &session{Operator: client.New(client.Options{BaseURL: lock.Address, Token: cfg.AdminToken.Reveal()}), cfg: cfg, remote: true}, nil
		}
	}
	a, err := c.openApp(cfg, app.Options{Logger: c.quietLogger()})
	if err != nil {
		return nil, err
	}
	return &session{Operator: a.Operate(), cfg: cfg, app: a}, nil
}

// work has workers run in this process, unless a service does it.
func (s *session) work(ctx context.Context) error {
	if s.remote {
		return nil
	}
	return s.app.Start(ctx)
}

func (s *session) close() error {
	if s.app == nil {
		return nil
	}
	return s.app.Close()
}

// with runs a verb's part on a session, and closes it.
func (c *call) with(do func(*session) error) error {
	s, err := c.open()
	if err != nil {
		return err
	}
	return errors.Join(do(s), s.close())
}

// pair is the pair that a verb is about: the one named, or the only one.
func (s *session) pair(name string) (string, error) {
	if name == "" {
		if len(s.cfg.Pairs) == 1 {
			return s.cfg.Pairs[0].Name, nil
		}
		return "", &usageError{"there are several pairs: name one with --pair"}
	}
	if _, ok := s.cfg.Pair(name); !ok {
		return "", operate.NoPair(name)
	}
	return name, nil
}

// pairFlag is for verbs about one pair.
type pairFlag struct {
	Pair string `placeholder:"NAME" help:"The pair; needed only where there are several."`
}

// jsonFlag is for verbs that print something a script may want.
type jsonFlag struct {
	JSON bool `name:"json" help:"Print JSON."`
}
