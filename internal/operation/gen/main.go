// Command gen writes the tables of package operation from the vendor's OpenAPI and webhook files, the commonsku contract
// and overlay.yaml. It runs by hand when those files change; the program itself never reads them.
//
//	go run ./internal/operation/gen -spec ../shared/vendor/ghl/openapi
package main

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
)

func main() {
	spec := flag.String("spec", "../shared/vendor/ghl/openapi", "folder of GHL's OpenAPI files")
	events := flag.String("events", "", "folder of GHL's webhook files (default: webhooks beside -spec)")
	contract := flag.String("contract", "", "commonsku contract (default: contracts/commonsku.openapi.yaml, three folders above -spec)")
	out := flag.String("out", "internal/operation", "folder to write to")
	flag.Parse()
	src := sources{spec: *spec, events: *events, contract: *contract}.withDefaults()
	files, err := generate(src)
	if err != nil {
		fmt.Fprintln(os.Stderr, "gen:", err)
		os.Exit(1)
	}
	for name, text := range files {
		if err := os.WriteFile(filepath.Join(*out, name), text, 0o644); err != nil {
			fmt.Fprintln(os.Stderr, "gen:", err)
			os.Exit(1)
		}
	}
}
