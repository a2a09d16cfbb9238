// Package vault encrypts what Tandem must store and must not show: credentials of accounts, and keyed fingerprints of
// erased people. It keeps nothing itself, does no I/O, and never logs. One master key comes from the configuration; older
// ones may still open what they sealed, so that a key can be rotated while everything runs.
//
// AES-256-GCM with keys derived by HKDF, all of the standard library: a keyset format of its own would be one more thing
// to lose. The place where a sealed value is stored is bound to it, so that a row cannot be moved to another account.
package vault

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
)

// The errors of Open.
var (
	ErrUnknownKey = errors.New("vault: sealed with a master key that is not at hand") //nolint:gochecknoglobals // a sentinel
	ErrBroken     = errors.New("vault: not a sealed value of this place")             //nolint:gochecknoglobals // a sentinel
)

const (
	version  = 1
	keyIDLen = 4
	keyLen   = 32
)

// Vault seals with its first key and opens with any. Safe for concurrent use.
type Vault struct{ keys []key }

type key struct {
	id   [keyIDLen]byte
	aead cipher.AEAD
	mac  []byte
}

// New takes master keys, 32 bytes in base64 each (`tandem keys make` prints one): the one in force, then older ones.
func New(masterKey string, older ...string) (*Vault, error) {
	v := &Vault{}
	for i, text := range append([]string{masterKey}, older...) {
		master, err := base64.StdEncoding.DecodeString(text)
		if err != nil || len(master) != keyLen {
			return nil, fmt.Errorf("vault: master key %d is not 32 bytes in base64", i+1)
		}
		k, err := derive(master)
		if err != nil {
			return nil, err
		}
		v.keys = append(v.keys, k)
	}
	return v, nil
}

func derive(master []byte) (k key, err error) {
	sub := func(purpose string) []byte {
		b, e := hkdf.Key(sha256.New, master, nil, "tandem vault: "+purpose, keyLen)
		err = errors.Join(err, e)
		return b
	}
	seal, id, mac := sub("seal"), sub("id"), sub("fingerprint")
	if err != nil {
		return key{}, fmt.Errorf("vault: deriving keys: %w", err)
	}
	block, err := aes.NewCipher(seal)
	if err != nil {
		return key{}, fmt.Errorf("vault: %w", err)
	}
	k.aead, err = cipher.NewGCMWithRandomNonce(block)
	copy(k.id[:], id)
	k.mac = mac
	return k, err
}

// Seal encrypts a secret for the place that it will be stored in, such as "acme/ghl/token".
func (v *Vault) Seal(place string, secret []byte) []byte {
	k := v.keys[0]
	head := append([]byte{version}, k.id[:]...)
	return k.aead.Seal(head, nil, secret, bound(head, place))
}

// Open decrypts what Seal gave for that very place. ErrUnknownKey, or ErrBroken where it was changed or moved.
func (v *Vault) Open(place string, sealed []byte) ([]byte, error) {
	const headLen = 1 + keyIDLen
	if len(sealed) < headLen || sealed[0] != version {
		return nil, ErrBroken
	}
	for _, k := range v.keys {
		if string(k.id[:]) != string(sealed[1:headLen]) {
			continue
		}
		secret, err := k.aead.Open(nil, nil, sealed[headLen:], bound(sealed[:headLen], place))
		if err != nil {
			return nil, ErrBroken
		}
		return secret, nil
	}
	return nil, ErrUnknownKey
}

// Stale says that a sealed value was not sealed with the key in force: open it and seal it again.
func (v *Vault) Stale(sealed []byte) bool {
	return len(sealed) < 1+keyIDLen || string(sealed[1:1+keyIDLen]) != string(v.keys[0].id[:])
}

// Fingerprint tells equal values of a kind apart from others without giving them away to whoever lacks the key. It is
// of the oldest key at hand, so that a new key in force does not make erased people unknown.
func (v *Vault) Fingerprint(kind, value string) string {
	m := hmac.New(sha256.New, v.keys[len(v.keys)-1].mac)
	_, _ = fmt.Fprintf(m, "%d:%s:%s", len(kind), kind, value) // a hash never fails
	return hex.EncodeToString(m.Sum(nil))
}

func bound(head []byte, place string) []byte { return append(append([]byte{}, head...), place...) }
