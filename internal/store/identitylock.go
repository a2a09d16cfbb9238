package store

import "time"

// TryLock takes a named lock of a pair (a canonical e-mail, a phone) for owner until an instant: if it is free, ended, or
// owner's already. A caller that takes several takes them sorted.
func (tx *Tx) TryLock(pair, name, owner string, until time.Time) (bool, error) {
	n, err := tx.exec(`insert into identity_lock (pair, name, owner, until) values (?, ?, ?, ?)
		on conflict (pair, name) do update set owner = excluded.owner, until = excluded.until
		where identity_lock.owner = excluded.owner or identity_lock.until <= ?`, pair, name, owner, us(until), us(tx.now()))
	return n > 0, err
}

// Unlock gives a lock back, if it is still owner's.
func (tx *Tx) Unlock(pair, name, owner string) error {
	_, err := tx.exec(`delete from identity_lock where pair = ? and name = ? and owner = ?`, pair, name, owner)
	return err
}

// UnlockAll gives back all locks of owner in a pair. Waiting jobs look again by their own time.
func (tx *Tx) UnlockAll(pair, owner string) error {
	_, err := tx.exec(`delete from identity_lock where pair = ? and owner = ?`, pair, owner)
	return err
}
