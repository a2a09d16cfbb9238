-- +goose Up

-- Raw events, durable before their sender hears 200.
CREATE TABLE inbox (
  seq          INTEGER PRIMARY KEY AUTOINCREMENT,
  pair         TEXT    NOT NULL,
  source       TEXT    NOT NULL,
  delivery_id  TEXT    NOT NULL,
  type         TEXT    NOT NULL,
  body         BLOB    NOT NULL,
  received_at  INTEGER NOT NULL,
  processed_at INTEGER NOT NULL DEFAULT 0,
  note         TEXT    NOT NULL DEFAULT ''
);
CREATE UNIQUE INDEX inbox_delivery ON inbox (pair, delivery_id);
CREATE INDEX inbox_open ON inbox (seq) WHERE processed_at = 0;
CREATE INDEX inbox_done ON inbox (received_at) WHERE processed_at <> 0;

-- The mailbox, which is the queue. ready_at is the one column that a claim looks at: the later of due_at and
-- not_before; the end of the lease while a job runs; the end of time while a row waits for another record.
CREATE TABLE work (
  pair           TEXT    NOT NULL,
  key            TEXT    NOT NULL,
  lane           INTEGER NOT NULL,
  version        INTEGER NOT NULL,
  due_at         INTEGER NOT NULL,
  not_before     INTEGER NOT NULL DEFAULT 0,
  ready_at       INTEGER NOT NULL,
  attempts       INTEGER NOT NULL DEFAULT 0,
  waits_for      TEXT    NOT NULL DEFAULT '',
  marked_at      INTEGER NOT NULL,
  next_due_at    INTEGER NOT NULL DEFAULT 0,
  next_marked_at INTEGER NOT NULL DEFAULT 0,
  cause          TEXT    NOT NULL DEFAULT '',
  last_error     TEXT    NOT NULL DEFAULT '',
  owner          TEXT    NOT NULL DEFAULT '',
  lease          INTEGER NOT NULL DEFAULT 0,
  PRIMARY KEY (pair, key)
) WITHOUT ROWID;
-- lane first: no other question begins with it, so that PostgreSQL cannot take this index for a look-up by pair and key.
CREATE INDEX work_ready ON work (lane, pair, ready_at);
CREATE INDEX work_owner ON work (owner) WHERE owner <> '';
CREATE INDEX work_waits ON work (pair, waits_for) WHERE waits_for <> '';

CREATE TABLE link (
  id                INTEGER PRIMARY KEY AUTOINCREMENT,
  pair              TEXT    NOT NULL,
  kind              TEXT    NOT NULL,
  ghl               TEXT    NOT NULL,
  commonsku         TEXT    NOT NULL,
  ghl_parent        TEXT    NOT NULL DEFAULT '',
  commonsku_parent  TEXT    NOT NULL DEFAULT '',
  state             TEXT    NOT NULL,
  ghl_changed       INTEGER NOT NULL DEFAULT 0,
  commonsku_changed INTEGER NOT NULL DEFAULT 0,
  created_at        INTEGER NOT NULL,
  synced_at         INTEGER NOT NULL DEFAULT 0,
  why               TEXT    NOT NULL DEFAULT '',
  why_detail        TEXT    NOT NULL DEFAULT '',
  meta              TEXT    NOT NULL DEFAULT ''
);
-- I2: at most one counterpart, ever, tombstones included.
CREATE UNIQUE INDEX link_ghl ON link (pair, kind, ghl) WHERE ghl <> '';
CREATE UNIQUE INDEX link_commonsku ON link (pair, kind, commonsku) WHERE commonsku <> '';
CREATE INDEX link_parent ON link (pair, kind, commonsku_parent) WHERE commonsku_parent <> '';
CREATE INDEX link_page ON link (pair, kind, id);
CREATE INDEX link_state ON link (pair, kind, state);

CREATE TABLE base (
  link_id INTEGER PRIMARY KEY,
  doc     TEXT NOT NULL
);

CREATE TABLE seen (
  pair        TEXT    NOT NULL,
  side        TEXT    NOT NULL,
  kind        TEXT    NOT NULL,
  id          TEXT    NOT NULL,
  email       TEXT    NOT NULL DEFAULT '',
  phone       TEXT    NOT NULL DEFAULT '',
  name_key    TEXT    NOT NULL DEFAULT '',
  company_key TEXT    NOT NULL DEFAULT '',
  parent_id   TEXT    NOT NULL DEFAULT '',
  name        TEXT    NOT NULL DEFAULT '',
  changed_at  INTEGER NOT NULL DEFAULT 0,
  created_at  INTEGER NOT NULL DEFAULT 0,
  gone_at     INTEGER NOT NULL DEFAULT 0,
  row_hash    TEXT    NOT NULL DEFAULT '',
  seen_at     INTEGER NOT NULL,
  PRIMARY KEY (pair, side, kind, id)
) WITHOUT ROWID;
CREATE INDEX seen_email ON seen (pair, side, kind, email) WHERE email <> '';
CREATE INDEX seen_phone ON seen (pair, side, kind, phone) WHERE phone <> '';
CREATE INDEX seen_name ON seen (pair, side, kind, name_key) WHERE name_key <> '';

CREATE TABLE intent (
  id          INTEGER PRIMARY KEY AUTOINCREMENT,
  pair        TEXT    NOT NULL,
  key         TEXT    NOT NULL,
  link_id     INTEGER NOT NULL DEFAULT 0,
  side        TEXT    NOT NULL,
  kind        TEXT    NOT NULL,
  ref_id      TEXT    NOT NULL DEFAULT '',
  verb        TEXT    NOT NULL,
  fields      TEXT    NOT NULL DEFAULT '',
  parent      TEXT    NOT NULL DEFAULT '',
  fingerprint TEXT    NOT NULL DEFAULT '',
  state       TEXT    NOT NULL,
  created_at  INTEGER NOT NULL,
  sent_at     INTEGER NOT NULL DEFAULT 0,
  looks       INTEGER NOT NULL DEFAULT 0,
  looked_at   INTEGER NOT NULL DEFAULT 0,
  run_id      TEXT    NOT NULL DEFAULT ''
);
CREATE INDEX intent_key ON intent (pair, key);
CREATE INDEX intent_ref ON intent (pair, side, kind, ref_id);

CREATE TABLE allowance (
  id         INTEGER PRIMARY KEY AUTOINCREMENT,
  pair       TEXT    NOT NULL,
  side       TEXT    NOT NULL,
  kind       TEXT    NOT NULL,
  ref_id     TEXT    NOT NULL,
  event_type TEXT    NOT NULL,
  expires_at INTEGER NOT NULL
);
CREATE INDEX allowance_ref ON allowance (pair, side, kind, ref_id, event_type);
CREATE INDEX allowance_expiry ON allowance (expires_at);

CREATE TABLE history (
  id        INTEGER PRIMARY KEY AUTOINCREMENT,
  pair      TEXT    NOT NULL,
  link_id   INTEGER NOT NULL DEFAULT 0,
  kind      TEXT    NOT NULL,
  ghl       TEXT    NOT NULL DEFAULT '',
  commonsku TEXT    NOT NULL DEFAULT '',
  at        INTEGER NOT NULL,
  action    TEXT    NOT NULL,
  side      TEXT    NOT NULL DEFAULT '',
  field     TEXT    NOT NULL DEFAULT '',
  old       TEXT    NOT NULL,
  new       TEXT    NOT NULL,
  reason    TEXT    NOT NULL DEFAULT '',
  run_id    TEXT    NOT NULL DEFAULT ''
);
CREATE INDEX history_link ON history (link_id, at) WHERE link_id <> 0;
CREATE INDEX history_action ON history (pair, action, at);
CREATE INDEX history_at ON history (pair, at);
CREATE INDEX history_ghl ON history (pair, ghl) WHERE link_id = 0;
CREATE INDEX history_commonsku ON history (pair, commonsku) WHERE link_id = 0;

CREATE TABLE watermark (
  pair  TEXT NOT NULL,
  name  TEXT NOT NULL,
  value TEXT NOT NULL,
  PRIMARY KEY (pair, name)
) WITHOUT ROWID;

-- Whatever waits for a person. subject is the record it is about, else its link, else its work key.
CREATE TABLE parked (
  id          INTEGER PRIMARY KEY AUTOINCREMENT,
  pair        TEXT    NOT NULL,
  why         TEXT    NOT NULL,
  subject     TEXT    NOT NULL,
  field       TEXT    NOT NULL DEFAULT '',
  link_id     INTEGER NOT NULL DEFAULT 0,
  ref         TEXT    NOT NULL DEFAULT '',
  key         TEXT    NOT NULL DEFAULT '',
  doc         TEXT    NOT NULL,
  created_at  INTEGER NOT NULL,
  resolved_at INTEGER NOT NULL DEFAULT 0,
  resolution  TEXT    NOT NULL DEFAULT ''
);
CREATE UNIQUE INDEX parked_subject ON parked (pair, why, subject, field);
CREATE INDEX parked_open ON parked (pair, why) WHERE resolved_at = 0;
CREATE INDEX parked_link ON parked (link_id) WHERE link_id <> 0;

CREATE TABLE pair_state (
  name            TEXT PRIMARY KEY,
  region          TEXT    NOT NULL DEFAULT '',
  live            INTEGER NOT NULL DEFAULT 0,
  reasons         TEXT    NOT NULL DEFAULT '',
  last_sweep      INTEGER NOT NULL DEFAULT 0,
  last_full_sweep INTEGER NOT NULL DEFAULT 0,
  rows_hash       TEXT    NOT NULL DEFAULT ''
) WITHOUT ROWID;

CREATE TABLE identity_lock (
  pair  TEXT    NOT NULL,
  name  TEXT    NOT NULL,
  owner TEXT    NOT NULL,
  until INTEGER NOT NULL,
  PRIMARY KEY (pair, name)
) WITHOUT ROWID;
CREATE INDEX identity_lock_owner ON identity_lock (pair, owner);

CREATE TABLE alias (
  pair      TEXT NOT NULL,
  name_key  TEXT NOT NULL,
  client_id TEXT NOT NULL,
  PRIMARY KEY (pair, name_key)
) WITHOUT ROWID;

CREATE TABLE quota (
  pair      TEXT    NOT NULL,
  side      TEXT    NOT NULL,
  span      TEXT    NOT NULL,
  used      INTEGER NOT NULL,
  bound     INTEGER NOT NULL,
  resets_at INTEGER NOT NULL,
  PRIMARY KEY (pair, side, span)
) WITHOUT ROWID;

-- One row, written to learn whether the database can be written.
CREATE TABLE probe (
  id INTEGER PRIMARY KEY,
  at INTEGER NOT NULL
);
