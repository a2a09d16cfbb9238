package cli

import (
	"crypto/rand"
	"encoding/base64"
)

type keysVerb struct {
	Make keysMake `cmd:"" help:"Print a new master key."`
}

func (keysVerb) Help() string {
	return "The master key encrypts what Tandem stores of credentials.\n\nExample:\n\n    tandem keys make\n"
}

type keysMake struct{}

func (keysMake) Help() string {
	return "Keep it apart from the database and its backups: whoever has both has the credentials.\n\nExample:\n\n    tandem keys make\n"
}

// Run prints 32 random bytes in base64, as master_key wants them.
func (keysMake) Run(c *call) error {
	key := make([]byte, 32)
	if _, err := rand.Read(key); err != nil {
		return err
	}
	c.say("%s", base64.StdEncoding.EncodeToString(key))
	return nil
}
