// Package commonsku simulates commonsku as its contract describes it: clients, contacts and users behind an API gateway.
// It stores what the contract allows and refuses the rest; it never reads a connector profile. Notes, tasks and events
// are not simulated.
//
// What it keeps: instants are whole seconds in the account's zone; a deleted record stays visible to updated_since; a
// cursor alone carries the filters of its first call.
package commonsku
