package store_test

import (
	"bufio"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"tandem/internal/record"
	"tandem/internal/store"
)

// crashEnv makes a run of the test binary the process that is killed.
const crashEnv = "TANDEM_STORE_CRASH_CHILD"

// TestCrashChild is that process: it stores deliveries from many goroutines, and says each one's id once it is durable.
func TestCrashChild(t *testing.T) {
	path := os.Getenv(crashEnv)
	if path == "" {
		return // not the child
	}
	s, err := store.Open(t.Context(), store.Options{URL: "sqlite:" + path})
	if err != nil {
		t.Fatal(err)
	}
	err = s.Update(t.Context(), func(tx *store.Tx) error {
		if err := tx.Mark(store.Mark{Pair: "acme", Key: "held"}); err != nil {
			return err
		}
		_, err := tx.Claim(store.ClaimRequest{Owner: "child", Limit: 1, MaxLane: 2, LeaseFor: time.Hour})
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	var mu sync.Mutex // one line at a time
	for g := range 8 {
		go func() {
			for i := 0; ; i++ {
				id := fmt.Sprintf("%d-%d", g, i)
				err := s.Update(t.Context(), func(tx *store.Tx) error {
					_, err := tx.InsertDelivery(store.Delivery{Pair: "acme", Source: record.GHL, DeliveryID: id, Type: "ContactUpdate",
						Body: make([]byte, 1200), ReceivedAt: time.Now()})
					return err
				})
				if err != nil {
					return
				}
				mu.Lock()
				fmt.Println("durable", id)
				mu.Unlock()
			}
		}()
	}
	select {}
}

// TestKill9: what was answered is there after SIGKILL (I7), the lock and the leases of the dead are free at once (I12).
func TestKill9(t *testing.T) {
	path := filepath.Join(t.TempDir(), "tandem.db")
	cmd := exec.Command(os.Args[0], "-test.run=^TestCrashChild$")
	cmd.Env = append(os.Environ(), crashEnv+"="+path)
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	killed := false
	var told []string
	for lines := bufio.NewScanner(out); lines.Scan(); {
		var id string
		if _, err := fmt.Sscanf(lines.Text(), "durable %s", &id); err == nil {
			told = append(told, id)
		}
		if len(told) == 500 && !killed {
			killed = true
			if l, held, err := store.ReadLock(path); !held || err != nil || l.PID != cmd.Process.Pid {
				t.Errorf("while the child lives the lock says %+v %v %v", l, held, err)
			}
			if _, err := store.Open(t.Context(), store.Options{URL: "sqlite:" + path}); err == nil {
				t.Error("two processes have the database")
			}
			if err := cmd.Process.Kill(); err != nil {
				t.Fatal(err)
			}
		}
	}
	_ = cmd.Wait() // killed: an error by intent
	if !killed {
		t.Fatalf("the child ended by itself after %d deliveries", len(told))
	}
	s, err := store.Open(t.Context(), store.Options{URL: "sqlite:" + path})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	stored := map[string]bool{}
	err = s.View(t.Context(), func(tx *store.Tx) error {
		list, err := tx.UnprocessedDeliveries(1_000_000)
		for _, d := range list {
			stored[d.DeliveryID] = true
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, id := range told {
		if !stored[id] {
			t.Errorf("delivery %s was answered and is lost", id)
		}
	}
	err = s.Update(t.Context(), func(tx *store.Tx) error {
		list, err := tx.Claim(store.ClaimRequest{Limit: 9, MaxLane: 2, LeaseFor: time.Minute})
		if len(list) != 1 || list[0].Key != "held" {
			t.Errorf("claimed %v, want what the dead process held, at once", list)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}
