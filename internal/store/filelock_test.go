package store_test

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"tandem/internal/store"
)

func TestSecondOpenIsRefused(t *testing.T) {
	path := filepath.Join(t.TempDir(), "tandem.db")
	if _, held, err := store.ReadLock(path); held || err != nil {
		t.Fatalf("held before anybody opened it: %v %v", held, err)
	}
	s, err := store.Open(t.Context(), store.Options{URL: "sqlite:" + path})
	if err != nil {
		t.Fatal(err)
	}
	if err := s.SetAddress("http://127.0.0.1:4711"); err != nil {
		t.Fatal(err)
	}
	l, held, err := store.ReadLock(path)
	if !held || err != nil || l.PID != os.Getpid() || l.Address != "http://127.0.0.1:4711" || time.Since(l.Since) > time.Minute {
		t.Errorf("lock says %+v %v %v", l, held, err)
	}
	_, err = store.Open(t.Context(), store.Options{URL: "sqlite:" + path})
	var locked *store.LockedError
	if !errors.As(err, &locked) || locked.Holder.PID != os.Getpid() || !strings.Contains(err.Error(), path) {
		t.Errorf("a second open: %v; want a refusal that names file and holder", err)
	}
	if err := s.SetAddress(""); err != nil { // shorter than before: no rest of the old text
		t.Fatal(err)
	}
	if l, _, err := store.ReadLock(path); err != nil || l.Address != "" {
		t.Errorf("after the API closed: %+v %v", l, err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Errorf("closing twice: %v", err)
	}
	if _, held, err := store.ReadLock(path); held || err != nil {
		t.Errorf("held after closing: %v %v", held, err)
	}
	if info, err := os.Stat(path); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("the database can be read by others: %v %v", info.Mode(), err)
	}
}

// A command that looks again and again who is there does not keep a server from starting.
func TestLookingDoesNotLock(t *testing.T) {
	path := filepath.Join(t.TempDir(), "tandem.db")
	stop, stopped := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(stopped)
		for {
			select {
			case <-stop:
				return
			default:
				_, _, _ = store.ReadLock(path)
			}
		}
	}()
	for range 20 {
		s, err := store.Open(t.Context(), store.Options{URL: "sqlite:" + path})
		if err != nil {
			t.Fatal(err)
		}
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
	}
	close(stop)
	<-stopped
}

func TestOpenErrors(t *testing.T) {
	dir := t.TempDir()
	garbage := filepath.Join(dir, "garbage.db")
	if err := os.WriteFile(garbage, []byte(strings.Repeat("not a database ", 1000)), 0o600); err != nil {
		t.Fatal(err)
	}
	for url, want := range map[string]string{
		"mysql://root:secret@host/db": `database "mysql:…": want sqlite:PATH or postgres://…`,
		"sqlite:":                     "names no file",
		"sqlite:" + filepath.Join(dir, "none", "t.db"):         "no such file or directory",
		"sqlite:" + garbage:                                    "garbage.db",
		"postgres://me:secret@127.0.0.1:1/db?sslmode=disable":  "connection refused",
		"postgres://me:secret@127.0.0.1:notaport/db?sslmode=x": "cannot be read",
	} {
		s, err := store.Open(t.Context(), store.Options{URL: url})
		if err == nil {
			s.Close()
			t.Errorf("%s was opened", url)
			continue
		}
		if !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), "secret") {
			t.Errorf("%s: %v; want it to say %q and no password", url, err, want)
		}
	}
	if _, held, err := store.ReadLock(garbage); held || err != nil {
		t.Errorf("a failed open kept the lock: %v %v", held, err)
	}
}

// A path with characters that mean something in a URI is a path.
func TestAwkwardPath(t *testing.T) {
	path := filepath.Join(t.TempDir(), "a b?c#d%20e.db")
	s, err := store.Open(t.Context(), store.Options{URL: "sqlite:" + path})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	if err := s.Ping(t.Context()); err != nil {
		t.Error(err)
	}
	if info, err := os.Stat(path + "-wal"); err != nil || info.Size() == 0 {
		t.Errorf("the database is somewhere else: %v", err)
	}
}

// FuzzLockFile: whatever a lock file holds, looking at it neither fails loudly nor claims that somebody is there.
func FuzzLockFile(f *testing.F) {
	f.Add([]byte(`{"pid":1,"since":"2026-11-02T09:00:00Z"}`))
	f.Add([]byte{})
	f.Add([]byte(`{"pid":"x"}`))
	f.Fuzz(func(t *testing.T, b []byte) {
		path := filepath.Join(t.TempDir(), "t.db")
		if err := os.WriteFile(path+".lock", b, 0o600); err != nil {
			t.Fatal(err)
		}
		if _, held, err := store.ReadLock(path); held || err != nil {
			t.Errorf("held %v, %v", held, err)
		}
		s, err := store.Open(t.Context(), store.Options{URL: "sqlite:" + path})
		if err != nil {
			t.Fatal(err)
		}
		if l, held, err := store.ReadLock(path); !held || err != nil || l.PID != os.Getpid() {
			t.Errorf("%+v %v %v", l, held, err)
		}
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
	})
}
