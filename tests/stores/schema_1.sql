BEGIN TRANSACTION;
CREATE TABLE jobkit_assets (
        tenant TEXT NOT NULL,
        asset TEXT NOT NULL,
        open INTEGER NOT NULL,
        serial INTEGER NOT NULL REFERENCES jobkit_jobs (serial),
        job_id TEXT NOT NULL,
        PRIMARY KEY (tenant, asset, open, serial)
    ) WITHOUT ROWID
    ;
INSERT INTO "jobkit_assets" VALUES('','A-1',1,1,'J-1');
CREATE TABLE jobkit_events (
        position INTEGER PRIMARY KEY,
        tenant TEXT NOT NULL,
        job_id TEXT NOT NULL,
        seq INTEGER NOT NULL,
        id TEXT NOT NULL,
        document TEXT NOT NULL,
        UNIQUE (tenant, job_id, seq),
        UNIQUE (tenant, id),
        FOREIGN KEY (tenant, job_id) REFERENCES jobkit_jobs (tenant, id)
    );
INSERT INTO "jobkit_events" VALUES(1,'','J-1',1,'J-1/1','{"id":"J-1/1","job_id":"J-1","kind":"created","actor":{"id":"u-1","role":"dispatcher"},"recorded_at":"2026-03-14T09:00:00.000000Z","occurred_at":"2026-03-14T09:00:00.000000Z","format":1,"seq":1,"changes":[{"path":"$.type","old":"","new":"repair"},{"path":"$.states[work]","new":{"name":"draft","category":"draft"}},{"path":"$.subject.asset","new":"A-1"},{"path":"$.subject.contacts[c-1]","new":{"id":"c-1","name":{"$private":"8cb21fe2a083a9637c3107e639600c1c9bdefc4bcd6c1c7cf71b5f2d14061d56"}}},{"path":"$.work.symptom","new":"E42"}],"hash":"211237028865ea7b48e5fa9c92f5ffef9e8a0f7dd2eb4809962c9a4859e7fca5"}');
INSERT INTO "jobkit_events" VALUES(2,'','J-1',2,'J-1/2','{"id":"J-1/2","job_id":"J-1","kind":"amended","actor":{"id":"u-1","role":"dispatcher"},"recorded_at":"2026-03-14T09:01:00.000000Z","occurred_at":"2026-03-14T09:01:00.000000Z","format":1,"seq":2,"prev":"211237028865ea7b48e5fa9c92f5ffef9e8a0f7dd2eb4809962c9a4859e7fca5","changes":[{"path":"$.work.symptom","old":"E42","new":"E43"}],"hash":"c2b1a65653d802989188881d8fa2a243a6d23fdf82f9b6487bee0e74da984209"}');
CREATE TABLE jobkit_external_ids (
        tenant TEXT NOT NULL,
        system TEXT NOT NULL,
        external_id TEXT NOT NULL,
        job_id TEXT NOT NULL,
        PRIMARY KEY (tenant, system, external_id),
        FOREIGN KEY (tenant, job_id) REFERENCES jobkit_jobs (tenant, id)
    ) WITHOUT ROWID
    ;
INSERT INTO "jobkit_external_ids" VALUES('','erp','4711','J-1');
CREATE TABLE jobkit_jobs (
        serial INTEGER PRIMARY KEY,
        tenant TEXT NOT NULL,
        id TEXT NOT NULL,
        version INTEGER NOT NULL,
        head TEXT NOT NULL,
        type TEXT NOT NULL,
        category TEXT NOT NULL,
        open INTEGER NOT NULL,
        facts TEXT NOT NULL,
        document TEXT NOT NULL,
        UNIQUE (tenant, id)
    );
INSERT INTO "jobkit_jobs" VALUES(1,'','J-1',2,'c2b1a65653d802989188881d8fa2a243a6d23fdf82f9b6487bee0e74da984209','repair','draft',1,'{"category":"draft","open":true,"queues":[["triage","1"]],"assets":["A-1"],"external_ids":[["erp","4711"]],"people":[],"wakeups":[]}','{"id":"J-1","type":"repair","states":{"work":{"name":"draft","category":"draft"}},"version":2,"head":"c2b1a65653d802989188881d8fa2a243a6d23fdf82f9b6487bee0e74da984209","subject":{"asset":"A-1","contacts":[{"id":"c-1","name":{"$private":"8cb21fe2a083a9637c3107e639600c1c9bdefc4bcd6c1c7cf71b5f2d14061d56"}}]},"work":{"symptom":"E43"}}');
CREATE TABLE jobkit_outbox (
        place INTEGER PRIMARY KEY,
        tenant TEXT NOT NULL,
        event_id TEXT NOT NULL,
        number INTEGER NOT NULL,
        name TEXT NOT NULL,
        data TEXT NOT NULL,
        UNIQUE (tenant, event_id, number)
    );
INSERT INTO "jobkit_outbox" VALUES(1,'','J-1/1',0,'notify','{}');
CREATE TABLE jobkit_people (
        tenant TEXT NOT NULL,
        person TEXT NOT NULL,
        job_id TEXT NOT NULL,
        PRIMARY KEY (tenant, person, job_id),
        FOREIGN KEY (tenant, job_id) REFERENCES jobkit_jobs (tenant, id)
    ) WITHOUT ROWID
    ;
CREATE TABLE jobkit_private (
        place INTEGER PRIMARY KEY,
        tenant TEXT NOT NULL,
        job_id TEXT NOT NULL,
        digest TEXT NOT NULL,
        erased INTEGER NOT NULL DEFAULT 0,
        salt TEXT NOT NULL,
        value TEXT NOT NULL,
        UNIQUE (tenant, job_id, digest),
        FOREIGN KEY (tenant, job_id) REFERENCES jobkit_jobs (tenant, id)
    );
INSERT INTO "jobkit_private" VALUES(1,'','J-1','8cb21fe2a083a9637c3107e639600c1c9bdefc4bcd6c1c7cf71b5f2d14061d56',0,'abababababababababababababababab','Frieda Berg');
CREATE TABLE jobkit_queues (
        tenant TEXT NOT NULL,
        queue TEXT NOT NULL,
        place TEXT NOT NULL,
        job_id TEXT NOT NULL,
        PRIMARY KEY (tenant, queue, place, job_id),
        FOREIGN KEY (tenant, job_id) REFERENCES jobkit_jobs (tenant, id)
    ) WITHOUT ROWID
    ;
INSERT INTO "jobkit_queues" VALUES('','triage','1','J-1');
CREATE TABLE jobkit_receipts (
        tenant TEXT NOT NULL,
        command_key TEXT NOT NULL,
        digest TEXT NOT NULL,
        receipt TEXT NOT NULL,
        PRIMARY KEY (tenant, command_key)
    ) WITHOUT ROWID
    ;
INSERT INTO "jobkit_receipts" VALUES('','c-1','d-1','{"versions":{"J-1":1},"position":1}');
CREATE TABLE jobkit_rules (
        digest TEXT PRIMARY KEY,
        document TEXT NOT NULL
    ) WITHOUT ROWID
    ;
INSERT INTO "jobkit_rules" VALUES('r-1','{}');
CREATE TABLE jobkit_schema (version INTEGER NOT NULL);
INSERT INTO "jobkit_schema" VALUES(1);
CREATE TABLE jobkit_scopes (
        tenant TEXT NOT NULL,
        name TEXT NOT NULL,
        version INTEGER NOT NULL,
        PRIMARY KEY (tenant, name)
    ) WITHOUT ROWID
    ;
INSERT INTO "jobkit_scopes" VALUES('','asset:A-1',1);
CREATE TABLE jobkit_wakeups (
        tenant TEXT NOT NULL,
        at TEXT NOT NULL,
        job_id TEXT NOT NULL,
        kind TEXT NOT NULL,
        name TEXT NOT NULL,
        PRIMARY KEY (tenant, at, job_id, kind, name),
        FOREIGN KEY (tenant, job_id) REFERENCES jobkit_jobs (tenant, id)
    ) WITHOUT ROWID
    ;
COMMIT;
