// Package store holds all that Tandem remembers, in SQLite or in PostgreSQL, behind one concrete type. All SQL is here,
// a file a table; a method of Tx is a question of the domain.
//
// It never calls out, never decides, and never reads a clock other than the one it was given. It keeps I2 (a link's two
// ids are unique for ever, by index), I7 (Update returns after the commit is on disk), I8 (one job a row, by lease and
// owner token) and I12 (whatever must be true together is one transaction).
//
// # Transactions
//
// Update runs a function in one atomic, durable transaction and View in a read-only snapshot. Neither may call out, nor
// call Update or View again. The function of an Update may run more than once: set what it returns, do not add to it.
//
// On SQLite all writes pass one goroutine that runs up to 256 functions in one transaction, each in a savepoint, so that
// one fsync pays for many and one that fails does not hurt the others. View reads beside it and never waits for it.
//
// On PostgreSQL an Update is READ COMMITTED with explicit locks, not SERIALIZABLE: predicate locks on the small and hot
// work table would abort innocent claims and marks all the time. What is read to be written back in one transaction is
// locked (Hold, PairState, UnprocessedDeliveries, Claim), what must be unique is unique by index, what is counted
// (quotas, locks, allowances) is one conditional statement, and Mark looks for a link again after its row is written, as
// InsertLink writes the rows of both records before it folds them. Deadlocks and serialization failures run again.
//
// # Values
//
// Instants are integers, microseconds since 1970 in UTC; 0 is none. Documents are JSON (on PostgreSQL json, not jsonb,
// which refuses the NUL that a far side may hold). Texts are cleaned of NUL and invalid UTF-8, which PostgreSQL refuses,
// on both databases alike.
package store
