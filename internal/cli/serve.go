package cli

import (
	"errors"
	"log/slog"

	"tandem/internal/app"
)

type serveVerb struct{}

func (serveVerb) Help() string {
	return "It runs until it is interrupted. Logs go to standard error: text on a terminal, one JSON object a line elsewhere.\n\nExample:\n\n    tandem serve --config /etc/tandem/tandem.yaml\n"
}

// Run serves until an interrupt.
func (serveVerb) Run(c *call) error {
	cfg, err := c.load()
	if err != nil {
		return err
	}
	level := slog.LevelInfo
	if c.verbose {
		level = slog.LevelDebug
	}
	log := c.logger(level)
	for _, w := range cfg.Warnings {
		log.Warn(w.What, "key", w.Key, "mend", w.Mend)
	}
	a, err := c.openApp(cfg, app.Options{Logger: log})
	if err != nil {
		return err
	}
	err = a.Serve(c.ctx)
	if c.ctx.Err() != nil && errors.Is(err, c.ctx.Err()) {
		err = nil // it was asked to stop
	}
	return errors.Join(err, a.Close())
}
