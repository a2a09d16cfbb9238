package cli

import (
	"bufio"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"regexp"
	"strings"

	"tandem/internal/config"
)

type initVerb struct {
	Name         string `placeholder:"NAME" help:"Name of the pair."`
	LocationID   string `placeholder:"ID" help:"GHL's location."`
	CommonskuURL string `name:"commonsku-url" placeholder:"URL" help:"Address of commonsku's API."`
	Force        bool   `help:"Overwrite a file that is there."`
}

func (initVerb) Help() string {
	return "On a terminal it asks what it must; elsewhere the file holds placeholders for what no flag says. Secrets stay in the environment.\n\nExample:\n\n    tandem init --name acme --location-id ve9EPM428h8vShlRW1KT --commonsku-url https://api.example.com/v1\n"
}

// Run writes the configuration.
func (v initVerb) Run(c *call) error {
	file := c.configFile()
	if _, err := os.Stat(file); err == nil && !v.Force {
		return fmt.Errorf("%s exists; --force overwrites it", file)
	}
	if isTerminal(c.in) {
		v.ask(c)
	}
	text := config.Example()
	for _, s := range []struct{ placeholder, value, form string }{
		{"name: acme", v.Name, `^[A-Za-z0-9_-]{1,64}$`},
		{"location_id: LOCATION_ID", v.LocationID, `^[A-Za-z0-9_-]{1,64}$`},
		{"base_url: https://commonsku.example.com/v1", v.CommonskuURL, `^https?://[^\s#"']+$`},
	} {
		if s.value == "" {
			continue
		}
		if !regexp.MustCompile(s.form).MatchString(s.value) {
			return &usageError{fmt.Sprintf("%q does not fit as %s", s.value, strings.SplitN(s.placeholder, ":", 2)[0])}
		}
		key, _, _ := strings.Cut(s.placeholder, ":")
		text = strings.Replace(text, s.placeholder, key+": "+s.value, 1)
	}
	flags := os.O_WRONLY | os.O_CREATE | os.O_EXCL
	if v.Force {
		flags = os.O_WRONLY | os.O_CREATE | os.O_TRUNC
	}
	f, err := os.OpenFile(file, flags, 0o600) //nolint:gosec // the operator names the file
	if errors.Is(err, fs.ErrExist) {
		return fmt.Errorf("%s exists; --force overwrites it", file)
	}
	if err != nil {
		return err
	}
	_, err = f.WriteString(text)
	if err := errors.Join(err, f.Close()); err != nil {
		return err
	}
	c.say("Wrote %s. Next: set GHL_TOKEN, COMMONSKU_TOKEN and TANDEM_ADMIN_TOKEN, then `tandem doctor`.", file)
	return nil
}

func (v *initVerb) ask(c *call) {
	lines := bufio.NewScanner(c.in)
	question := func(what string, to *string) {
		if *to != "" {
			return
		}
		_, _ = fmt.Fprintf(c.err, "%s: ", what) // a person is at the terminal
		if lines.Scan() {
			*to = strings.TrimSpace(lines.Text())
		}
	}
	question("Name of the pair (such as acme)", &v.Name)
	question("GHL location id (in the address of its pages)", &v.LocationID)
	question("Address of commonsku's API (https://…)", &v.CommonskuURL)
}
