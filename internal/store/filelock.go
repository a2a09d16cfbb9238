//go:build unix

package store

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"sync"
	"syscall"
	"time"
)

// Lock is what the lock file beside a SQLite database says: who has it, since when, and where its API listens.
type Lock struct {
	PID     int       `json:"pid"`
	Since   time.Time `json:"since"`
	Address string    `json:"address,omitempty"` // "127.0.0.1:8080"; empty: the holder has no API
}

// LockedError: another process has the database.
type LockedError struct {
	Path   string // of the database
	Holder Lock   // zero if the lock file does not say
}

func (e *LockedError) Error() string {
	if e.Holder.PID == 0 {
		return fmt.Sprintf("%s is in use by another process", e.Path)
	}
	return fmt.Sprintf("%s is in use by process %d since %s", e.Path, e.Holder.PID, e.Holder.Since.Format(time.RFC3339))
}

// ReadLock says who has the SQLite database at path now. held is false if nobody has: no file, or left by a dead process.
func ReadLock(path string) (l Lock, held bool, err error) {
	path, err = filepath.Abs(path)
	if err != nil {
		return l, false, err
	}
	f, err := os.Open(lockName(path))
	if errors.Is(err, os.ErrNotExist) {
		return l, false, nil
	}
	if err != nil {
		return l, false, err
	}
	defer f.Close()
	switch err := flock(f, syscall.LOCK_SH); {
	case err == nil:
		return l, false, nil // closing the file lets go
	case !errors.Is(err, syscall.EWOULDBLOCK):
		return l, false, fmt.Errorf("lock file %s: %w", f.Name(), err)
	}
	l, err = readHolder(f)
	return l, true, err
}

// SetAddress publishes where this process's API listens, so that the command line finds it. It does nothing on PostgreSQL.
func (s *Store) SetAddress(addr string) error {
	b, ok := s.backend.(*sqliteBackend)
	if !ok {
		return nil
	}
	return b.lock.write(addr)
}

func lockName(path string) string { return path + ".lock" }

// fileLock is held as long as its file is open; the kernel lets go when the process dies. The file itself stays: to
// remove it would let a third process lock a new one while a second still waits on the old.
type fileLock struct {
	mu     sync.Mutex // guards what is below
	file   *os.File
	holder Lock
}

func takeLock(path string, now time.Time) (*fileLock, error) {
	f, err := os.OpenFile(lockName(path), os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, fmt.Errorf("%w: lock file: %w", ErrUnavailable, err)
	}
	if err := flock(f, syscall.LOCK_EX); err != nil {
		defer f.Close()
		if !errors.Is(err, syscall.EWOULDBLOCK) {
			return nil, fmt.Errorf("lock file %s: %w", f.Name(), err)
		}
		holder, err := readHolder(f)
		return nil, errors.Join(&LockedError{Path: path, Holder: holder}, err)
	}
	l := &fileLock{file: f, holder: Lock{PID: os.Getpid(), Since: now.UTC().Truncate(time.Second)}}
	if err := l.write(""); err != nil {
		f.Close()
		return nil, fmt.Errorf("%w: lock file: %w", ErrUnavailable, err)
	}
	return l, nil
}

// flock tries once. A reader holds its shared lock for an instant only, so a taker comes again a few times: a command
// that looks who is there must not keep the server from starting.
func flock(f *os.File, how int) (err error) {
	for range 20 {
		if err = syscall.Flock(int(f.Fd()), how|syscall.LOCK_NB); err == nil || how == syscall.LOCK_SH {
			return err
		}
		if holder, _ := readHolder(f); holder.PID != 0 && holder.PID != os.Getpid() && syscall.Kill(holder.PID, 0) == nil {
			return err // held by somebody alive
		}
		time.Sleep(time.Millisecond)
	}
	return err
}

func (l *fileLock) write(address string) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.file == nil {
		return fmt.Errorf("%w: the store is closed", ErrUnavailable)
	}
	l.holder.Address = address
	b, err := json.Marshal(l.holder)
	if err != nil {
		return err
	}
	// Padded to one length and written in one call: a reader never finds half of an old text behind a new one.
	line := fmt.Appendf(nil, "%-*s\n", holderBytes-1, b)
	_, err = l.file.WriteAt(line, 0)
	return err
}

// holderBytes is the size of the lock file: room for any host name and port.
const holderBytes = 512

func readHolder(f *os.File) (l Lock, err error) {
	b, err := io.ReadAll(io.NewSectionReader(f, 0, holderBytes))
	if err != nil || len(b) == 0 {
		return l, err
	}
	if err := json.Unmarshal(b, &l); err != nil {
		return Lock{}, fmt.Errorf("lock file %s: %w", f.Name(), err)
	}
	return l, nil
}

func (l *fileLock) release() error {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.file == nil {
		return nil
	}
	err := l.file.Close()
	l.file = nil
	return err
}
