package wire

import (
	"math/rand/v2"
	"sync"
)

// IDs makes ids from a seed. It is safe for concurrent use.
type IDs struct {
	mu  sync.Mutex
	rng *rand.Rand
}

// NewIDs seeds it.
func NewIDs(seed int64) *IDs { return &IDs{rng: rand.New(rand.NewPCG(uint64(seed), 77))} }

// New is n characters of an alphabet.
func (s *IDs) New(n int, alphabet string) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	b := make([]byte, n)
	for i := range b {
		b[i] = alphabet[s.rng.IntN(len(alphabet))]
	}
	return string(b)
}

// Alphabets of ids.
const (
	Alphanumeric = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
	Hex          = "0123456789abcdef"
)

// UUID has the form of a random one.
func (s *IDs) UUID() string {
	h := s.New(32, Hex)
	return h[:8] + "-" + h[8:12] + "-4" + h[13:16] + "-a" + h[17:20] + "-" + h[20:]
}
