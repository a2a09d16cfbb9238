// Command tandem keeps a GoHighLevel location and a commonsku account in step. See `tandem --help`.
package main

import (
	"os"

	"tandem/internal/cli"
)

func main() { os.Exit(cli.Main(os.Args[1:], os.Stdin, os.Stdout, os.Stderr, os.Environ())) }
