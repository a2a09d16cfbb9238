package demo

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/base64"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"tandem/internal/sandbox"
)

// adminToken guards a service that lives for half a minute on the loopback.
const adminToken = "demo-admin-token-of-a-simulated-account"

// child is `tandem serve`.
type child struct {
	exe, dir, base string
	env            []string
	cmd            *exec.Cmd
	done           chan struct{}
	log            tailBuffer
}

func newChild(exe, dir string, w *sandbox.World) (*child, error) {
	l, err := (&net.ListenConfig{}).Listen(context.Background(), "tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	addr := l.Addr().String()
	if err := l.Close(); err != nil { // the port is free again for the child
		return nil, err
	}
	key := make([]byte, 32)
	_, _ = rand.Read(key) // never fails
	config := fmt.Sprintf(`listen: %s
database: sqlite:%s
master_key: env:TANDEM_MASTER_KEY
admin_token: env:TANDEM_ADMIN_TOKEN
pairs:
  - name: %s
    ghl:
      base_url: %s
      location_id: %s
      token: env:DEMO_GHL_TOKEN
      webhook_public_key: file:ghl.pub
      quota: {burst: 2000, interval: 10s, daily: 200000}
    commonsku:
      base_url: %s
      token: env:DEMO_COMMONSKU_TOKEN
      profile: default
      quota: {burst: 200, interval: 1s}
    sweep: {every: 10s, full: 24h}
    poll: {commonsku: 1s}
`, addr, filepath.Join(dir, "tandem.db"), pair, w.GHLBaseURL, w.LocationID, w.CommonskuBaseURL)
	for name, text := range map[string]string{"tandem.yaml": config, "ghl.pub": w.WebhookPublicKeyPEM} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			return nil, err
		}
	}
	env := append(os.Environ(), "TANDEM_ADMIN_TOKEN="+adminToken, "TANDEM_MASTER_KEY="+base64.StdEncoding.EncodeToString(key),
		"DEMO_GHL_TOKEN="+w.GHLToken, "DEMO_COMMONSKU_TOKEN="+w.CommonskuToken)
	return &child{exe: exe, dir: dir, base: "http://" + addr, env: env}, nil
}

// start starts the process and waits until it can serve.
func (c *child) start(ctx context.Context) error {
	c.cmd = exec.Command(c.exe, "serve", "--config", filepath.Join(c.dir, "tandem.yaml")) //nolint:gosec // our own program
	c.cmd.Dir, c.cmd.Env = c.dir, c.env
	c.cmd.Stdout, c.cmd.Stderr = &c.log, &c.log
	if err := c.cmd.Start(); err != nil {
		return err
	}
	done := make(chan struct{})
	c.done = done
	cmd := c.cmd
	go func() { _ = cmd.Wait(); close(done) }() // killed on purpose; its words are in the log
	end := time.Now().Add(10 * time.Second)
	for time.Now().Before(end) {
		select {
		case <-done:
			return errors.New("tandem serve ended by itself")
		default:
		}
		if c.ready(ctx) {
			return nil
		}
		if err := pause(ctx, 20*time.Millisecond); err != nil {
			return err
		}
	}
	return errors.New("tandem serve is not ready after 10 s")
}

func (c *child) ready(ctx context.Context) bool {
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, c.base+"/readyz", nil)
	if err != nil {
		return false
	}
	res, err := http.DefaultClient.Do(r)
	if err != nil {
		return false
	}
	_ = res.Body.Close()
	return res.StatusCode == http.StatusOK
}

func (c *child) pid() int { return c.cmd.Process.Pid }

// kill ends the process as a power cut would, and waits for its end.
func (c *child) kill() {
	if c.cmd == nil || c.cmd.Process == nil {
		return
	}
	_ = c.cmd.Process.Kill() // gone already is fine
	<-c.done
}

func (c *child) tail() string { return c.log.String() }

// tailBuffer keeps the last words of a process.
type tailBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

const tailBytes = 64 << 10

// Write keeps what fits.
func (t *tailBuffer) Write(p []byte) (int, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.b.Len()+len(p) > tailBytes {
		t.b.Next(t.b.Len() / 2)
	}
	return t.b.Write(p)
}

func (t *tailBuffer) String() string {
	t.mu.Lock()
	defer t.mu.Unlock()
	lines := strings.Split(strings.TrimSpace(t.b.String()), "\n")
	return strings.Join(lines[max(0, len(lines)-12):], "\n")
}
