package config

import (
	_ "embed" // the example is a file, so that it can be read and checked as one
)

//go:embed example.yaml
var example string

// Example is a commented tandem.yaml, as `tandem init` writes it. With its variables set it is valid.
func Example() string { return example }
