package hook

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
)

func mac(secret, body string) string {
	m := hmac.New(sha256.New, []byte(secret))
	m.Write([]byte(body))
	return hex.EncodeToString(m.Sum(nil))
}
