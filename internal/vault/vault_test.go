package vault

import (
	"bytes"
	"encoding/base64"
	"errors"
	"testing"

	"pgregory.net/rapid"
)

func masterKey(fill byte) string {
	return base64.StdEncoding.EncodeToString(bytes.Repeat([]byte{fill}, 32))
}

func open(t *testing.T, keys ...string) *Vault {
	t.Helper()
	v, err := New(keys[0], keys[1:]...)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

// TestOnlyTheSamePlaceAndKeyOpen: what is sealed opens unchanged in its place, and nowhere else, and not when changed.
func TestOnlyTheSamePlaceAndKeyOpen(t *testing.T) {
	v, other := open(t, masterKey(1)), open(t, masterKey(2))
	rapid.Check(t, func(t *rapid.T) {
		secret := rapid.SliceOf(rapid.Byte()).Draw(t, "secret")
		place := rapid.String().Draw(t, "place")
		sealed := v.Seal(place, secret)
		if got, err := v.Open(place, sealed); err != nil || !bytes.Equal(got, secret) {
			t.Fatalf("%q, %v", got, err)
		}
		if len(secret) > 7 && bytes.Contains(sealed, secret) {
			t.Fatal("the secret can be read")
		}
		if _, err := v.Open(place+"x", sealed); !errors.Is(err, ErrBroken) {
			t.Fatalf("in another place: %v", err)
		}
		if _, err := other.Open(place, sealed); !errors.Is(err, ErrUnknownKey) {
			t.Fatalf("with another key: %v", err)
		}
		sealed[rapid.IntRange(0, len(sealed)-1).Draw(t, "at")] ^= 1 << rapid.IntRange(0, 7).Draw(t, "bit")
		if _, err := v.Open(place, sealed); err == nil {
			t.Fatal("a changed value was opened")
		}
	})
}

func TestAKeyCanBeRotated(t *testing.T) {
	before := open(t, masterKey(1))
	sealed := before.Seal("acme/ghl", []byte("token"))
	after := open(t, masterKey(2), masterKey(1))
	got, err := after.Open("acme/ghl", sealed)
	if err != nil || string(got) != "token" || !after.Stale(sealed) || before.Stale(sealed) {
		t.Fatalf("%q %v", got, err)
	}
	again := after.Seal("acme/ghl", got)
	if after.Stale(again) {
		t.Error("sealed with the old key")
	}
	if got, err := open(t, masterKey(2)).Open("acme/ghl", again); err != nil || string(got) != "token" {
		t.Errorf("without the old key: %q %v", got, err)
	}
}

func TestFingerprintsOutlastARotationAndTellKindsApart(t *testing.T) {
	a, b := open(t, masterKey(1)), open(t, masterKey(2), masterKey(1))
	if a.Fingerprint("email", "ann@acme.com") != b.Fingerprint("email", "ann@acme.com") {
		t.Error("a rotation made an erased person unknown")
	}
	if a.Fingerprint("email", "x") == a.Fingerprint("phone", "x") || a.Fingerprint("a", "b:c") == a.Fingerprint("a:b", "c") {
		t.Error("two kinds have one fingerprint")
	}
}

func TestKeysOfAnotherFormAreRefused(t *testing.T) {
	for _, text := range []string{"", "short", base64.StdEncoding.EncodeToString(make([]byte, 16))} {
		if _, err := New(text); err == nil {
			t.Errorf("%q was taken", text)
		}
		if _, err := New(masterKey(1), text); err == nil {
			t.Errorf("%q was taken as an older key", text)
		}
	}
}

func FuzzOpen(f *testing.F) {
	v, err := New(masterKey(1))
	if err != nil {
		f.Fatal(err)
	}
	f.Add([]byte{version, 1, 2, 3, 4, 5})
	f.Add(v.Seal("elsewhere", []byte("x")))
	f.Fuzz(func(t *testing.T, b []byte) {
		if got, err := v.Open("here", b); err == nil {
			t.Errorf("opened %x as %q", b, got)
		}
	})
}
