// Package wire is what both simulated systems have in common below their own rules: faults on demand, quotas, counters,
// and in-memory connections for simulated time. It knows no resource of either system and imports nothing of Tandem, so
// that a mistake in a connector cannot be repeated here.
package wire
