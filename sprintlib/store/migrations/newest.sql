-- 0044
CREATE TABLE alembic_version (
	version_num VARCHAR(32) NOT NULL, 
	CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num)
);
CREATE TABLE analysis (
	id INTEGER NOT NULL, 
	project VARCHAR(128) NOT NULL, 
	milestone TEXT NOT NULL, 
	as_of DATETIME NOT NULL, 
	revision INTEGER NOT NULL, 
	version VARCHAR(32) NOT NULL, 
	created_at DATETIME NOT NULL, sprint VARCHAR(48), body BLOB DEFAULT '' NOT NULL, 
	CONSTRAINT pk_analysis PRIMARY KEY (id)
);
CREATE INDEX ix_analysis_project ON analysis (project, as_of);
CREATE TABLE organization (
	login VARCHAR(128) NOT NULL, 
	node_id VARCHAR(64), 
	kind VARCHAR(16), 
	source VARCHAR(16) NOT NULL, 
	observed_at DATETIME NOT NULL, 
	CONSTRAINT pk_organization PRIMARY KEY (login)
);
CREATE TABLE project (
	name VARCHAR(128) NOT NULL, 
	CONSTRAINT pk_project PRIMARY KEY (name)
);
CREATE TABLE repository (
	id BIGINT NOT NULL, 
	node_id VARCHAR(64), 
	full_name VARCHAR(256) NOT NULL, 
	organization VARCHAR(128), 
	default_branch VARCHAR(256), 
	html_url TEXT NOT NULL, 
	clone_url TEXT, 
	private BOOLEAN, 
	archived BOOLEAN, 
	created_at DATETIME, 
	source VARCHAR(16) NOT NULL, 
	observed_at DATETIME NOT NULL, 
	CONSTRAINT pk_repository PRIMARY KEY (id), 
	CONSTRAINT uq_repository_full_name UNIQUE (full_name)
);
CREATE TABLE run (
	id INTEGER NOT NULL, 
	project VARCHAR(128) NOT NULL, 
	milestone TEXT NOT NULL, 
	as_of DATETIME NOT NULL, 
	state VARCHAR(16) NOT NULL, 
	"trigger" VARCHAR(16) NOT NULL, 
	parameters JSON NOT NULL, 
	folder TEXT, 
	pid INTEGER, 
	message TEXT, 
	digest VARCHAR(64), 
	started_at DATETIME NOT NULL, 
	finished_at DATETIME, sprint VARCHAR(48), kind VARCHAR(32) DEFAULT 'sprint_analysis' NOT NULL, 
	CONSTRAINT pk_run PRIMARY KEY (id)
);
CREATE TABLE sync_run (
	id INTEGER NOT NULL, 
	state VARCHAR(16) NOT NULL, 
	requests INTEGER NOT NULL, 
	not_modified INTEGER NOT NULL, 
	message TEXT, 
	started_at DATETIME NOT NULL, 
	finished_at DATETIME, 
	CONSTRAINT pk_sync_run PRIMARY KEY (id)
);
CREATE TABLE changed_file (
	repository_id BIGINT NOT NULL, 
	sha VARCHAR(40) NOT NULL, 
	path VARCHAR(1024) NOT NULL, 
	additions INTEGER, 
	deletions INTEGER, 
	CONSTRAINT pk_changed_file PRIMARY KEY (repository_id, sha, path), 
	CONSTRAINT fk_changed_file_repository_id_repository FOREIGN KEY(repository_id) REFERENCES repository (id)
);
CREATE TABLE "commit" (
	repository_id BIGINT NOT NULL, 
	sha VARCHAR(40) NOT NULL, 
	author VARCHAR(256), 
	message TEXT, 
	parents JSON NOT NULL, 
	authored_at DATETIME, 
	committed_at DATETIME NOT NULL, 
	source VARCHAR(16) NOT NULL, 
	observed_at DATETIME NOT NULL, 
	CONSTRAINT pk_commit PRIMARY KEY (repository_id, sha), 
	CONSTRAINT fk_commit_repository_id_repository FOREIGN KEY(repository_id) REFERENCES repository (id)
);
CREATE TABLE dependency (
	repository_id BIGINT NOT NULL, 
	number INTEGER NOT NULL, 
	blocker VARCHAR(280) NOT NULL, 
	type VARCHAR(16) NOT NULL, 
	source VARCHAR(16) NOT NULL, 
	observed_at DATETIME NOT NULL, 
	CONSTRAINT pk_dependency PRIMARY KEY (repository_id, number, blocker, type), 
	CONSTRAINT fk_dependency_repository_id_repository FOREIGN KEY(repository_id) REFERENCES repository (id)
);
CREATE TABLE event (
	id VARCHAR(96) NOT NULL, 
	repository_id BIGINT NOT NULL, 
	number INTEGER NOT NULL, 
	kind VARCHAR(48) NOT NULL, 
	actor VARCHAR(128), 
	actor_type VARCHAR(16), 
	subject TEXT, 
	detail TEXT, 
	happened_at DATETIME NOT NULL, 
	source VARCHAR(16) NOT NULL, 
	observed_at DATETIME NOT NULL, 
	CONSTRAINT pk_event PRIMARY KEY (id), 
	CONSTRAINT fk_event_repository_id_repository FOREIGN KEY(repository_id) REFERENCES repository (id)
);
CREATE INDEX ix_event_kind ON event (repository_id, kind);
CREATE INDEX ix_event_number ON event (repository_id, number, happened_at);
CREATE TABLE evidence (
	id INTEGER NOT NULL, 
	analysis_id INTEGER NOT NULL, 
	supports VARCHAR(96) NOT NULL, 
	ref TEXT NOT NULL, 
	kind VARCHAR(16) NOT NULL, 
	url TEXT NOT NULL, 
	note TEXT, 
	CONSTRAINT pk_evidence PRIMARY KEY (id), 
	CONSTRAINT fk_evidence_analysis_id_analysis FOREIGN KEY(analysis_id) REFERENCES analysis (id) ON DELETE CASCADE
);
CREATE INDEX ix_evidence_analysis_id ON evidence (analysis_id);
CREATE TABLE item_cursor (
	repository_id BIGINT NOT NULL, 
	number INTEGER NOT NULL, 
	part VARCHAR(16) NOT NULL, 
	updated_at DATETIME NOT NULL, asked_at DATETIME, 
	CONSTRAINT pk_item_cursor PRIMARY KEY (repository_id, number, part), 
	CONSTRAINT fk_item_cursor_repository_id_repository FOREIGN KEY(repository_id) REFERENCES repository (id)
);
CREATE TABLE milestone (
	repository_id BIGINT NOT NULL, 
	number INTEGER NOT NULL, 
	node_id VARCHAR(64), 
	title TEXT NOT NULL, 
	description TEXT, 
	state VARCHAR(16) NOT NULL, 
	due_on DATE, 
	open_issues INTEGER, 
	closed_issues INTEGER, 
	html_url TEXT NOT NULL, 
	created_at DATETIME NOT NULL, 
	updated_at DATETIME, 
	closed_at DATETIME, 
	source VARCHAR(16) NOT NULL, 
	observed_at DATETIME NOT NULL, gone_at DATETIME, 
	CONSTRAINT pk_milestone PRIMARY KEY (repository_id, number), 
	CONSTRAINT fk_milestone_repository_id_repository FOREIGN KEY(repository_id) REFERENCES repository (id)
);
CREATE TABLE milestone_title (
	repository_id BIGINT NOT NULL, 
	number INTEGER NOT NULL, 
	title VARCHAR(512) NOT NULL, 
	proof VARCHAR(256) NOT NULL, 
	seen_at DATETIME NOT NULL, 
	CONSTRAINT pk_milestone_title PRIMARY KEY (repository_id, number, title), 
	CONSTRAINT fk_milestone_title_repository_id_repository FOREIGN KEY(repository_id) REFERENCES repository (id)
);
CREATE TABLE project_repository (
	project VARCHAR(128) NOT NULL, 
	repository_id BIGINT NOT NULL, 
	CONSTRAINT pk_project_repository PRIMARY KEY (project, repository_id), 
	CONSTRAINT fk_project_repository_project_project FOREIGN KEY(project) REFERENCES project (name), 
	CONSTRAINT fk_project_repository_repository_id_repository FOREIGN KEY(repository_id) REFERENCES repository (id)
);
CREATE TABLE pull_request_commit (
	repository_id BIGINT NOT NULL, 
	number INTEGER NOT NULL, 
	sha VARCHAR(40) NOT NULL, 
	CONSTRAINT pk_pull_request_commit PRIMARY KEY (repository_id, number, sha), 
	CONSTRAINT fk_pull_request_commit_repository_id_repository FOREIGN KEY(repository_id) REFERENCES repository (id)
);
CREATE TABLE recommendation (
	analysis_id INTEGER NOT NULL, 
	id VARCHAR(96) NOT NULL, 
	action TEXT NOT NULL, 
	actor VARCHAR(128), 
	expected_gain FLOAT, 
	CONSTRAINT pk_recommendation PRIMARY KEY (analysis_id, id), 
	CONSTRAINT fk_recommendation_analysis_id_analysis FOREIGN KEY(analysis_id) REFERENCES analysis (id) ON DELETE CASCADE
);
CREATE TABLE snapshot (
	repository_id BIGINT NOT NULL, 
	number INTEGER NOT NULL, 
	day DATE NOT NULL, 
	title TEXT NOT NULL, 
	state VARCHAR(16) NOT NULL, 
	due_on DATE, 
	open_issues INTEGER, 
	closed_issues INTEGER, 
	observed_at DATETIME NOT NULL, 
	CONSTRAINT pk_snapshot PRIMARY KEY (repository_id, number, day), 
	CONSTRAINT fk_snapshot_repository_id_repository FOREIGN KEY(repository_id) REFERENCES repository (id)
);
CREATE TABLE workflow_run (
	id BIGINT NOT NULL, 
	attempt INTEGER NOT NULL, 
	repository_id BIGINT NOT NULL, 
	name TEXT, 
	event VARCHAR(64), 
	head_branch TEXT, 
	head_sha VARCHAR(40), 
	status VARCHAR(24), 
	conclusion VARCHAR(24), 
	html_url TEXT NOT NULL, 
	created_at DATETIME NOT NULL, 
	started_at DATETIME, 
	updated_at DATETIME NOT NULL, 
	source VARCHAR(16) NOT NULL, 
	observed_at DATETIME NOT NULL, gone_at DATETIME, workflow_id BIGINT, path TEXT, head_repository_id BIGINT, 
	CONSTRAINT pk_workflow_run PRIMARY KEY (id, attempt), 
	CONSTRAINT fk_workflow_run_repository_id_repository FOREIGN KEY(repository_id) REFERENCES repository (id)
);
CREATE INDEX ix_workflow_run_repository_id ON workflow_run (repository_id, created_at);
CREATE TABLE chunk (
	id INTEGER NOT NULL, 
	source_key VARCHAR(160) NOT NULL, 
	part INTEGER NOT NULL, 
	kind VARCHAR(16) NOT NULL, 
	repository_id BIGINT, 
	number INTEGER, 
	ref VARCHAR(320) NOT NULL, 
	url TEXT NOT NULL, 
	title TEXT NOT NULL, 
	body TEXT NOT NULL, 
	author VARCHAR(256), 
	author_is_bot BOOLEAN NOT NULL, 
	suspicious BOOLEAN NOT NULL, 
	digest VARCHAR(32) NOT NULL, 
	happened_at DATETIME, 
	updated_at DATETIME, 
	observed_at DATETIME, source_digest VARCHAR(32), 
	CONSTRAINT pk_chunk PRIMARY KEY (id), 
	CONSTRAINT fk_chunk_repository_id_repository FOREIGN KEY(repository_id) REFERENCES repository (id)
);
CREATE UNIQUE INDEX uq_chunk_source_key ON chunk (source_key, part);
CREATE INDEX ix_chunk_number ON chunk (repository_id, number);
CREATE TABLE vector (
	chunk_id INTEGER NOT NULL, 
	model VARCHAR(32) NOT NULL, 
	digest VARCHAR(32) NOT NULL, 
	value BLOB NOT NULL, 
	CONSTRAINT pk_vector PRIMARY KEY (chunk_id, model), 
	CONSTRAINT fk_vector_chunk_id_chunk FOREIGN KEY(chunk_id) REFERENCES chunk (id) ON DELETE CASCADE
);
CREATE VIRTUAL TABLE chunk_text USING fts5(
    title, body, content='chunk', content_rowid='id', tokenize="porter unicode61 tokenchars '_'"
);
CREATE TRIGGER chunk_inserted AFTER INSERT ON chunk BEGIN
    INSERT INTO chunk_text(rowid, title, body) VALUES (new.id, new.title, new.body);
END;
CREATE TRIGGER chunk_deleted AFTER DELETE ON chunk BEGIN
    INSERT INTO chunk_text(chunk_text, rowid, title, body) VALUES ('delete', old.id, old.title, old.body);
END;
CREATE TRIGGER chunk_updated AFTER UPDATE OF id, title, body ON chunk BEGIN
    INSERT INTO chunk_text(chunk_text, rowid, title, body) VALUES ('delete', old.id, old.title, old.body);
    INSERT INTO chunk_text(rowid, title, body) VALUES (new.id, new.title, new.body);
END;
CREATE TABLE feedback (
	id INTEGER NOT NULL, 
	project VARCHAR(128) NOT NULL, 
	recommendation VARCHAR(96) NOT NULL, 
	play VARCHAR(16) NOT NULL, 
	items JSON NOT NULL, 
	decision VARCHAR(16) NOT NULL, 
	reason TEXT, 
	until DATE, 
	happened_at DATETIME NOT NULL, 
	CONSTRAINT pk_feedback PRIMARY KEY (id)
);
CREATE INDEX ix_feedback_project ON feedback (project, happened_at);
CREATE VIRTUAL TABLE chunk_trigram USING fts5(title, body, tokenize='trigram');
CREATE TRIGGER chunk_trigram_inserted AFTER INSERT ON chunk WHEN (new.title GLOB '*[฀-໿က-႟ក-៿぀-ヿ㐀-䶿一-鿿가-힯ｦ-ﾟ]*' OR new.body GLOB '*[฀-໿က-႟ក-៿぀-ヿ㐀-䶿一-鿿가-힯ｦ-ﾟ]*') BEGIN
    INSERT INTO chunk_trigram(rowid, title, body) VALUES (new.id, new.title, new.body);
END;
CREATE TRIGGER chunk_trigram_deleted AFTER DELETE ON chunk WHEN (old.title GLOB '*[฀-໿က-႟ក-៿぀-ヿ㐀-䶿一-鿿가-힯ｦ-ﾟ]*' OR old.body GLOB '*[฀-໿က-႟ក-៿぀-ヿ㐀-䶿一-鿿가-힯ｦ-ﾟ]*') BEGIN
    DELETE FROM chunk_trigram WHERE rowid = old.id;
END;
CREATE TRIGGER chunk_trigram_updated AFTER UPDATE OF id, title, body ON chunk BEGIN
    DELETE FROM chunk_trigram WHERE rowid = old.id;
    INSERT INTO chunk_trigram(rowid, title, body) SELECT new.id, new.title, new.body WHERE (new.title GLOB '*[฀-໿က-႟ក-៿぀-ヿ㐀-䶿一-鿿가-힯ｦ-ﾟ]*' OR new.body GLOB '*[฀-໿က-႟ក-៿぀-ヿ㐀-䶿一-鿿가-힯ｦ-ﾟ]*');
END;
CREATE TABLE set_aside (
	repository VARCHAR(256) NOT NULL, 
	kind VARCHAR(32) NOT NULL, 
	"key" VARCHAR(96) NOT NULL, 
	reason TEXT NOT NULL, 
	attempts INTEGER NOT NULL, 
	since DATETIME NOT NULL, 
	next_try DATETIME NOT NULL, 
	CONSTRAINT pk_set_aside PRIMARY KEY (repository, kind, "key")
);
CREATE TABLE repository_name (
	name VARCHAR(256) NOT NULL, 
	repository_id BIGINT NOT NULL, 
	seen_at DATETIME NOT NULL, 
	CONSTRAINT pk_repository_name PRIMARY KEY (name), 
	CONSTRAINT fk_repository_name_repository_id_repository FOREIGN KEY(repository_id) REFERENCES repository (id)
);
CREATE TABLE listed_page (
	repository_id BIGINT NOT NULL, 
	kind VARCHAR(32) NOT NULL, 
	page INTEGER NOT NULL, 
	address TEXT NOT NULL, 
	following TEXT, 
	etag TEXT, 
	keys JSON NOT NULL, 
	CONSTRAINT pk_listed_page PRIMARY KEY (repository_id, kind, page), 
	CONSTRAINT fk_listed_page_repository_id_repository FOREIGN KEY(repository_id) REFERENCES repository (id)
);
CREATE TABLE "issue" (
	node_id VARCHAR(64), 
	repository_id BIGINT NOT NULL, 
	number INTEGER NOT NULL, 
	title TEXT NOT NULL, 
	body TEXT, 
	author VARCHAR(128), 
	author_type VARCHAR(16), 
	state VARCHAR(16) NOT NULL, 
	state_reason VARCHAR(32), 
	locked BOOLEAN NOT NULL, 
	comments INTEGER, 
	labels JSON NOT NULL, 
	assignees JSON NOT NULL, 
	milestone_number INTEGER, 
	html_url TEXT NOT NULL, 
	created_at DATETIME NOT NULL, 
	updated_at DATETIME NOT NULL, 
	closed_at DATETIME, 
	blockers INTEGER, 
	source VARCHAR(16) NOT NULL, 
	observed_at DATETIME NOT NULL, 
	gone_at DATETIME, 
	CONSTRAINT pk_issue PRIMARY KEY (repository_id, number), 
	CONSTRAINT fk_issue_repository_id_repository FOREIGN KEY(repository_id) REFERENCES repository (id)
);
CREATE TABLE "pull_request" (
	node_id VARCHAR(64), 
	repository_id BIGINT NOT NULL, 
	number INTEGER NOT NULL, 
	title TEXT NOT NULL, 
	body TEXT, 
	author VARCHAR(128), 
	author_type VARCHAR(16), 
	state VARCHAR(16) NOT NULL, 
	state_reason VARCHAR(32), 
	locked BOOLEAN NOT NULL, 
	comments INTEGER, 
	labels JSON NOT NULL, 
	assignees JSON NOT NULL, 
	milestone_number INTEGER, 
	html_url TEXT NOT NULL, 
	created_at DATETIME NOT NULL, 
	updated_at DATETIME NOT NULL, 
	closed_at DATETIME, 
	draft BOOLEAN NOT NULL, 
	merged BOOLEAN NOT NULL, 
	merged_at DATETIME, 
	merge_commit_sha VARCHAR(40), 
	head_ref TEXT, 
	head_sha VARCHAR(40), 
	head_repository VARCHAR(256), 
	base_ref TEXT, 
	requested_reviewers JSON NOT NULL, 
	additions INTEGER, 
	deletions INTEGER, 
	changed_files INTEGER, 
	source VARCHAR(16) NOT NULL, 
	observed_at DATETIME NOT NULL, 
	gone_at DATETIME, 
	CONSTRAINT pk_pull_request PRIMARY KEY (repository_id, number), 
	CONSTRAINT fk_pull_request_repository_id_repository FOREIGN KEY(repository_id) REFERENCES repository (id)
);
CREATE TABLE "comment" (
	node_id VARCHAR(64), 
	repository_id BIGINT NOT NULL, 
	number INTEGER NOT NULL, 
	kind VARCHAR(16) NOT NULL, 
	author VARCHAR(128), 
	author_type VARCHAR(16), 
	body TEXT, 
	path TEXT, 
	html_url TEXT, 
	created_at DATETIME NOT NULL, 
	updated_at DATETIME NOT NULL, 
	source VARCHAR(16) NOT NULL, 
	observed_at DATETIME NOT NULL, 
	gone_at DATETIME, 
	id BIGINT NOT NULL, 
	CONSTRAINT pk_comment PRIMARY KEY (kind, id), 
	CONSTRAINT fk_comment_repository_id_repository FOREIGN KEY(repository_id) REFERENCES repository (id)
);
CREATE INDEX ix_comment_number ON comment (repository_id, number);
CREATE TABLE "review" (
	node_id VARCHAR(64), 
	repository_id BIGINT NOT NULL, 
	number INTEGER NOT NULL, 
	author VARCHAR(128), 
	author_type VARCHAR(16), 
	state VARCHAR(24) NOT NULL, 
	body TEXT, 
	commit_sha VARCHAR(40), 
	html_url TEXT, 
	submitted_at DATETIME NOT NULL, 
	source VARCHAR(16) NOT NULL, 
	observed_at DATETIME NOT NULL, 
	id BIGINT NOT NULL, 
	CONSTRAINT pk_review PRIMARY KEY (id), 
	CONSTRAINT fk_review_repository_id_repository FOREIGN KEY(repository_id) REFERENCES repository (id)
);
CREATE INDEX ix_review_number ON review (repository_id, number);
CREATE TABLE "release" (
	node_id VARCHAR(64), 
	repository_id BIGINT NOT NULL, 
	tag TEXT NOT NULL, 
	name TEXT, 
	body TEXT, 
	prerelease BOOLEAN, 
	draft BOOLEAN, 
	html_url TEXT, 
	created_at DATETIME NOT NULL, 
	published_at DATETIME, 
	source VARCHAR(16) NOT NULL, 
	observed_at DATETIME NOT NULL, 
	gone_at DATETIME, 
	id BIGINT NOT NULL, 
	CONSTRAINT pk_release PRIMARY KEY (id), 
	CONSTRAINT fk_release_repository_id_repository FOREIGN KEY(repository_id) REFERENCES repository (id)
);
CREATE TABLE "sync_cursor" (
	repository VARCHAR(256) NOT NULL, 
	kind VARCHAR(32) NOT NULL, 
	etag TEXT, 
	position JSON, 
	complete BOOLEAN NOT NULL, 
	collected INTEGER NOT NULL, 
	expected INTEGER, 
	note TEXT, 
	as_of DATETIME NOT NULL, 
	repository_id BIGINT NOT NULL, 
	CONSTRAINT pk_sync_cursor PRIMARY KEY (repository_id, kind), 
	CONSTRAINT fk_sync_cursor_repository_id_repository FOREIGN KEY(repository_id) REFERENCES repository (id)
);
CREATE TABLE "payload" (
	kind VARCHAR(24) NOT NULL, 
	"key" VARCHAR(96) NOT NULL, 
	digest VARCHAR(32) NOT NULL, 
	repository_id BIGINT NOT NULL, 
	body BLOB NOT NULL, 
	observed_at DATETIME NOT NULL, number INTEGER, source VARCHAR(16) DEFAULT 'rest' NOT NULL, seen_at DATETIME, 
	CONSTRAINT pk_payload PRIMARY KEY (kind, "key", digest), 
	CONSTRAINT fk_payload_repository_id_repository FOREIGN KEY(repository_id) REFERENCES repository (id)
);
CREATE TABLE delivery (
	id INTEGER NOT NULL, 
	guid VARCHAR(96) NOT NULL, 
	digest VARCHAR(64) NOT NULL, 
	event VARCHAR(64) NOT NULL, 
	headers JSON NOT NULL, 
	body BLOB, 
	state VARCHAR(16) NOT NULL, 
	attempts INTEGER NOT NULL, 
	repeats INTEGER NOT NULL, 
	reason TEXT, 
	holder VARCHAR(96), 
	lease_until DATETIME, 
	not_before DATETIME, 
	received_at DATETIME NOT NULL, 
	finished_at DATETIME, 
	CONSTRAINT pk_delivery PRIMARY KEY (id), 
	CONSTRAINT uq_delivery_guid UNIQUE (guid), 
	CONSTRAINT uq_delivery_digest UNIQUE (digest)
);
CREATE INDEX ix_delivery_state ON delivery (state, id);
CREATE TABLE item_refresh (
	repository_id BIGINT NOT NULL, 
	number INTEGER NOT NULL, 
	attempts INTEGER NOT NULL, 
	wanted_at DATETIME NOT NULL, 
	not_before DATETIME NOT NULL, cause VARCHAR(96), 
	CONSTRAINT pk_item_refresh PRIMARY KEY (repository_id, number), 
	CONSTRAINT fk_item_refresh_repository_id_repository FOREIGN KEY(repository_id) REFERENCES repository (id)
);
CREATE TABLE fact_change (
	id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, 
	repository_id BIGINT NOT NULL, 
	kind VARCHAR(16) NOT NULL, 
	"key" VARCHAR(96) NOT NULL
, cause VARCHAR(96));
CREATE TABLE milestone_change (
	repository_id BIGINT NOT NULL, 
	number INTEGER NOT NULL, 
	field VARCHAR(16) NOT NULL, 
	happened_at DATETIME NOT NULL, 
	"before" TEXT, 
	CONSTRAINT pk_milestone_change PRIMARY KEY (repository_id, number, field, happened_at), 
	CONSTRAINT fk_milestone_change_repository_id_repository FOREIGN KEY(repository_id) REFERENCES repository (id)
);
CREATE TABLE api_token (
	id INTEGER NOT NULL, 
	name VARCHAR(64) NOT NULL, 
	digest VARCHAR(64) NOT NULL, 
	role VARCHAR(16) NOT NULL, 
	repositories JSON, 
	created_at DATETIME NOT NULL, 
	expires_at DATETIME NOT NULL, 
	revoked_at DATETIME, 
	used_at DATETIME, 
	CONSTRAINT pk_api_token PRIMARY KEY (id), 
	CONSTRAINT uq_api_token_digest UNIQUE (digest)
);
CREATE TABLE audit (
	id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, 
	happened_at DATETIME NOT NULL, 
	name VARCHAR(128) NOT NULL, 
	role VARCHAR(16) NOT NULL, 
	proof VARCHAR(16) NOT NULL, 
	action VARCHAR(32) NOT NULL, 
	subject TEXT NOT NULL, 
	outcome VARCHAR(16) NOT NULL
);
CREATE TRIGGER audit_no_update BEFORE UPDATE ON audit BEGIN SELECT RAISE(ABORT, 'the audit is append-only'); END;
CREATE TRIGGER audit_no_delete BEFORE DELETE ON audit BEGIN SELECT RAISE(ABORT, 'the audit is append-only'); END;
CREATE TABLE session (
	id INTEGER NOT NULL, 
	digest VARCHAR(64) NOT NULL, 
	login VARCHAR(128) NOT NULL, 
	organization VARCHAR(128), 
	repositories JSON, 
	created_at DATETIME NOT NULL, 
	expires_at DATETIME NOT NULL, 
	checked_at DATETIME NOT NULL, 
	revoked_at DATETIME, 
	CONSTRAINT pk_session PRIMARY KEY (id), 
	CONSTRAINT uq_session_digest UNIQUE (digest)
);
CREATE TABLE digest (
	id INTEGER NOT NULL, 
	project VARCHAR(128) NOT NULL, 
	target VARCHAR(16) NOT NULL, 
	day DATE NOT NULL, 
	state VARCHAR(16) NOT NULL, 
	reference TEXT, 
	message TEXT, 
	tried_at DATETIME NOT NULL, 
	CONSTRAINT pk_digest PRIMARY KEY (id)
);
CREATE UNIQUE INDEX uq_digest_project ON digest (project, target, day);
CREATE TABLE erased_person (
	digest VARCHAR(64) NOT NULL, 
	pseudonym VARCHAR(32) NOT NULL, 
	erased_at DATETIME NOT NULL, 
	CONSTRAINT pk_erased_person PRIMARY KEY (digest)
);
CREATE TABLE metric (
	at DATETIME NOT NULL, 
	name VARCHAR(32) NOT NULL, 
	process VARCHAR(16) NOT NULL, 
	count INTEGER NOT NULL, 
	total FLOAT NOT NULL, 
	last FLOAT NOT NULL, 
	steps JSON NOT NULL, 
	CONSTRAINT pk_metric PRIMARY KEY (at, name, process)
);
CREATE TABLE board_iteration (
	board VARCHAR(160) NOT NULL, 
	iteration VARCHAR(64) NOT NULL, 
	seen_at DATETIME NOT NULL, 
	title TEXT NOT NULL, 
	first_day DATE NOT NULL, 
	days INTEGER NOT NULL, 
	CONSTRAINT pk_board_iteration PRIMARY KEY (board, iteration, seen_at)
);
CREATE TABLE board_item (
	board VARCHAR(160) NOT NULL, 
	repository_id BIGINT NOT NULL, 
	number INTEGER NOT NULL, 
	updated_at DATETIME NOT NULL, 
	item BIGINT, 
	iteration VARCHAR(64), 
	status VARCHAR(128), 
	points FLOAT, 
	created_at DATETIME NOT NULL, 
	source VARCHAR(16) NOT NULL, 
	observed_at DATETIME NOT NULL, 
	CONSTRAINT pk_board_item PRIMARY KEY (board, repository_id, number, updated_at), 
	CONSTRAINT fk_board_item_repository_id_repository FOREIGN KEY(repository_id) REFERENCES repository (id)
);
CREATE INDEX ix_board_item_repository_id ON board_item (repository_id, number);
CREATE TABLE board_name (
	name VARCHAR(160) NOT NULL, 
	project_id BIGINT NOT NULL, 
	node_id VARCHAR(64), 
	board VARCHAR(160) NOT NULL, 
	seen_at DATETIME NOT NULL, 
	CONSTRAINT pk_board_name PRIMARY KEY (name)
);
CREATE INDEX ix_board_name_project_id ON board_name (project_id);
CREATE TABLE experiment (
	id INTEGER NOT NULL, 
	project VARCHAR(128) NOT NULL, 
	name VARCHAR(40) NOT NULL, 
	seed BIGINT NOT NULL, 
	usual VARCHAR(16) NOT NULL, 
	other VARCHAR(16) NOT NULL, 
	outcome VARCHAR(16) NOT NULL, 
	within INTEGER NOT NULL, 
	baseline FLOAT NOT NULL, 
	effect FLOAT NOT NULL, 
	power FLOAT NOT NULL, 
	items INTEGER NOT NULL, 
	started_at DATETIME NOT NULL, 
	stopped_at DATETIME, 
	CONSTRAINT pk_experiment PRIMARY KEY (id)
);
CREATE UNIQUE INDEX uq_experiment_project ON experiment (project, name);
CREATE TABLE experiment_item (
	experiment_id INTEGER NOT NULL, 
	repository_id BIGINT NOT NULL, 
	number INTEGER NOT NULL, 
	play VARCHAR(16) NOT NULL, 
	entered_at DATETIME NOT NULL, 
	CONSTRAINT pk_experiment_item PRIMARY KEY (experiment_id, repository_id, number), 
	CONSTRAINT fk_experiment_item_experiment_id_experiment FOREIGN KEY(experiment_id) REFERENCES experiment (id) ON DELETE CASCADE
);
CREATE TABLE recalibration (
	project VARCHAR(128) NOT NULL, 
	version INTEGER NOT NULL, 
	stretch FLOAT NOT NULL, 
	sprints INTEGER NOT NULL, 
	scored INTEGER NOT NULL, 
	brier_without FLOAT NOT NULL, 
	brier FLOAT NOT NULL, 
	error FLOAT NOT NULL, 
	adopted_at DATETIME NOT NULL, 
	reverted_at DATETIME, 
	CONSTRAINT pk_recalibration PRIMARY KEY (project, version)
);
CREATE TABLE imported_prior (
	project VARCHAR(128) NOT NULL, 
	imported_at DATETIME NOT NULL, 
	numbers JSON, 
	CONSTRAINT pk_imported_prior PRIMARY KEY (project, imported_at)
);
CREATE TABLE learning_trial (
	project VARCHAR(128) NOT NULL, 
	tried_at DATETIME NOT NULL, 
	sprints INTEGER NOT NULL, 
	helps BOOLEAN NOT NULL, 
	sentence TEXT NOT NULL, 
	adopted INTEGER, 
	CONSTRAINT pk_learning_trial PRIMARY KEY (project, tried_at)
);
CREATE INDEX ix_analysis_newest ON analysis (project, sprint, as_of, revision);
CREATE TABLE worker (
	holder VARCHAR(96) NOT NULL, 
	project VARCHAR(128) NOT NULL, 
	seen_at DATETIME NOT NULL, 
	CONSTRAINT pk_worker PRIMARY KEY (holder)
);
CREATE INDEX ix_delivery_finished ON delivery (finished_at);
CREATE INDEX ix_delivery_received ON delivery (received_at);
CREATE INDEX ix_payload_observed ON payload (repository_id, observed_at);
