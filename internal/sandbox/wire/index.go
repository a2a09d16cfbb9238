package wire

import (
	"cmp"
	"slices"
)

// Key orders rows: by a number, mostly an instant, then by id.
type Key struct {
	At int64
	ID string
}

// Compare orders keys.
func (k Key) Compare(o Key) int { return cmp.Or(cmp.Compare(k.At, o.At), cmp.Compare(k.ID, o.ID)) }

// Order is a sorted list of keys for instants that mostly grow: adding is an append, and removing leaves the key behind for
// the reader to pass over until half of them are stale. It is not safe for concurrent use.
type Order struct {
	keys  []Key
	stale int
}

// Len is how many keys there are, stale ones among them.
func (o *Order) Len() int { return len(o.keys) }

// Put adds a key.
func (o *Order) Put(k Key) {
	if n := len(o.keys); n == 0 || o.keys[n-1].Compare(k) < 0 {
		o.keys = append(o.keys, k)
		return
	}
	i, found := slices.BinarySearchFunc(o.keys, k, Key.Compare)
	if !found {
		o.keys = slices.Insert(o.keys, i, k)
	}
}

// Drop says that a key is stale; isLive tells the living when it is time to clean up.
func (o *Order) Drop(isLive func(Key) bool) {
	o.stale++
	if o.stale > 64 && o.stale > len(o.keys)/2 {
		o.keys, o.stale = slices.DeleteFunc(o.keys, func(k Key) bool { return !isLive(k) }), 0
	}
}

// From is the keys at or after one, oldest first. The caller must not keep it beyond the lock that guards the order.
func (o *Order) From(k Key) []Key {
	i, _ := slices.BinarySearchFunc(o.keys, k, Key.Compare)
	return o.keys[i:]
}

// Before is the keys before one, oldest first; all of them for a zero id and At.
func (o *Order) Before(k Key) []Key {
	i, _ := slices.BinarySearchFunc(o.keys, k, Key.Compare)
	return o.keys[:i]
}
