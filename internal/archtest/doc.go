// Package archtest holds the shape of the program as tests: which room may import which, what pure rooms stay away from,
// which outside libraries belong where, and habits that a reviewer should not have to remember. Every ban says its
// reason when it fails. It has no code of its own, and nothing imports it.
package archtest
