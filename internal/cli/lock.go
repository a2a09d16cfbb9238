package cli

import (
	"context"
	"errors"
	"time"

	"tandem/internal/app"
	"tandem/internal/config"
	"tandem/internal/store"
)

const (
	// lockWait is how long a database is waited for that another command works on, or a service that is just starting.
	lockWait  = 10 * time.Second
	lockAgain = 50 * time.Millisecond
)

// holder looks who has an SQLite database, and waits while that is a process without an address: a command that ends
// soon, or a service that will have one in a moment.
func (c *call) holder(path string) (lock store.Lock, held bool, err error) {
	for end := time.Now().Add(lockWait); ; {
		lock, held, err = store.ReadLock(path)
		if err != nil || !held || lock.Address != "" || !time.Now().Before(end) || !c.sleep(lockAgain) {
			return lock, held, err
		}
	}
}

// openApp opens the database. A command that was asked for at the same moment must not keep a service from starting.
func (c *call) openApp(cfg *config.Config, o app.Options) (*app.App, error) {
	for end := time.Now().Add(lockWait); ; {
		a, err := app.Open(c.ctx, cfg, o)
		var locked *store.LockedError
		if !errors.As(err, &locked) || locked.Holder.Address != "" || !time.Now().Before(end) || !c.sleep(lockAgain) {
			return a, err
		}
	}
}

// sleep says whether the program was left to it.
func (c *call) sleep(d time.Duration) bool {
	ctx, cancel := context.WithTimeout(c.ctx, d)
	defer cancel()
	<-ctx.Done()
	return c.ctx.Err() == nil
}
