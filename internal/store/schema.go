package store

// migrations[n] converts schema n to n+1. A released migration never changes;
// new ones are appended.
var migrations = []string{
	`
CREATE TABLE ticks (
	group_id TEXT NOT NULL,
	runbook  TEXT NOT NULL,
	step     TEXT NOT NULL,
	text     TEXT NOT NULL,
	done     INTEGER NOT NULL,
	by       TEXT NOT NULL,
	at       TEXT NOT NULL,
	PRIMARY KEY (group_id, runbook, step)
) STRICT;

CREATE TABLE positions (
	group_id TEXT PRIMARY KEY,
	runbook  TEXT NOT NULL,
	line     INTEGER NOT NULL,
	at       TEXT NOT NULL
) STRICT;

CREATE TABLE drafts (
	group_id TEXT NOT NULL,
	action   TEXT NOT NULL,
	text     TEXT NOT NULL,
	at       TEXT NOT NULL,
	PRIMARY KEY (group_id, action)
) STRICT;

CREATE TABLE journal (
	id          INTEGER PRIMARY KEY AUTOINCREMENT,
	at          TEXT NOT NULL,
	by          TEXT NOT NULL,
	action      TEXT NOT NULL,
	group_id    TEXT NOT NULL,
	incident_id TEXT NOT NULL,
	title       TEXT NOT NULL,
	service     TEXT NOT NULL,
	team        TEXT NOT NULL,
	target      TEXT NOT NULL,
	reason      TEXT NOT NULL,
	intent      TEXT NOT NULL,
	outcome     TEXT NOT NULL DEFAULT '',
	sentence    TEXT NOT NULL DEFAULT '',
	settled_at  TEXT NOT NULL DEFAULT ''
) STRICT;
CREATE INDEX journal_by_group ON journal (group_id, id);
CREATE INDEX journal_unsettled ON journal (id) WHERE settled_at = '';

CREATE TABLE snapshots (
	kind  TEXT NOT NULL,
	name  TEXT NOT NULL,
	as_of TEXT NOT NULL,
	data  BLOB NOT NULL,
	PRIMARY KEY (kind, name)
) STRICT;

CREATE TABLE pages (
	url           TEXT PRIMARY KEY,
	fetched_at    TEXT NOT NULL,
	etag          TEXT NOT NULL,
	last_modified TEXT NOT NULL,
	body          BLOB NOT NULL
) STRICT;
`,
	`
CREATE TABLE runs (
	id        INTEGER PRIMARY KEY AUTOINCREMENT,
	group_id  TEXT NOT NULL,
	runbook   TEXT NOT NULL,
	step      TEXT NOT NULL,
	command   TEXT NOT NULL,
	exit_code INTEGER NOT NULL,
	stopped   INTEGER NOT NULL,
	by        TEXT NOT NULL,
	at        TEXT NOT NULL,
	took_ms   INTEGER NOT NULL
) STRICT;
CREATE INDEX runs_by_group ON runs (group_id, id);
`,
	// The next read of the source replaces what was stored as JSON.
	`DELETE FROM snapshots;`,
	`
CREATE TABLE attempts (
	id          TEXT PRIMARY KEY,
	at          TEXT NOT NULL,
	by          TEXT NOT NULL,
	person_id   TEXT NOT NULL,
	action      TEXT NOT NULL,
	group_id    TEXT NOT NULL,
	incident_id TEXT NOT NULL,
	target      TEXT NOT NULL,
	reason      TEXT NOT NULL,
	host        TEXT NOT NULL,
	pid         INTEGER NOT NULL,
	tried_at    TEXT NOT NULL,
	run         TEXT NOT NULL,
	outcome     TEXT NOT NULL DEFAULT '',
	sentence    TEXT NOT NULL DEFAULT '',
	ended_at    TEXT NOT NULL DEFAULT '',
	run_ended   INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE INDEX attempts_open ON attempts (action, target, at) WHERE run_ended = 0;
CREATE INDEX attempts_run ON attempts (run) WHERE run_ended = 0;
ALTER TABLE journal ADD COLUMN attempt TEXT NOT NULL DEFAULT '';
CREATE INDEX journal_by_attempt ON journal (attempt, id) WHERE attempt <> '';
`,
	// A lock, not a process id, shows who tries an attempt.
	`
ALTER TABLE attempts DROP COLUMN host;
ALTER TABLE attempts DROP COLUMN pid;
ALTER TABLE attempts ADD COLUMN writer TEXT NOT NULL DEFAULT '';
`,
	`ALTER TABLE journal ADD COLUMN sent_at TEXT NOT NULL DEFAULT '';`,
	`
CREATE TABLE remarks (
	group_id TEXT NOT NULL,
	runbook  TEXT NOT NULL,
	step     TEXT NOT NULL,
	by       TEXT NOT NULL,
	section  TEXT NOT NULL,
	text     TEXT NOT NULL,
	kind     TEXT NOT NULL,
	why      TEXT NOT NULL,
	at       TEXT NOT NULL,
	PRIMARY KEY (group_id, runbook, step, by)
) STRICT;
CREATE INDEX remarks_by_time ON remarks (at);

CREATE TABLE openings (
	group_id TEXT NOT NULL,
	runbook  TEXT NOT NULL,
	section  TEXT NOT NULL,
	by       TEXT NOT NULL,
	at       TEXT NOT NULL,
	PRIMARY KEY (group_id, runbook, section)
) STRICT;
`,
	// Times of the past are whole seconds since 1970, which take less room than text.
	`
CREATE TABLE past_incidents (
	id      TEXT PRIMARY KEY,
	created INTEGER NOT NULL,
	last    INTEGER NOT NULL,
	read_at INTEGER NOT NULL,
	-- 0 as it will stay, 1 open, 2 changed since it was read, 3 only its log was read, 4 deleted
	state   INTEGER NOT NULL,
	data    BLOB NOT NULL
) STRICT;
CREATE INDEX past_incidents_created ON past_incidents (created);
CREATE INDEX past_incidents_due ON past_incidents (state) WHERE state IN (1, 2, 3);

CREATE TABLE past_windows (
	scope   TEXT NOT NULL,
	kind    TEXT NOT NULL,
	since   INTEGER NOT NULL,
	until   INTEGER NOT NULL,
	read_at INTEGER NOT NULL,
	PRIMARY KEY (scope, kind, since, until)
) STRICT;

CREATE TABLE past_people (
	id      TEXT PRIMARY KEY,
	name    TEXT NOT NULL,
	zone    TEXT NOT NULL,
	deleted INTEGER NOT NULL
) STRICT;

CREATE TABLE past_turns (
	policy        TEXT NOT NULL,
	level         INTEGER NOT NULL,
	person        TEXT NOT NULL,
	schedule      TEXT NOT NULL,
	start         INTEGER NOT NULL,
	until         INTEGER NOT NULL,
	policy_name   TEXT NOT NULL,
	schedule_name TEXT NOT NULL,
	PRIMARY KEY (policy, start, level, person, schedule)
) STRICT, WITHOUT ROWID;
`,
	`
CREATE TABLE shown (
	person TEXT NOT NULL,
	key    TEXT NOT NULL,
	owner  TEXT NOT NULL,
	at     TEXT NOT NULL,
	PRIMARY KEY (person, key)
) STRICT;
`,
}
