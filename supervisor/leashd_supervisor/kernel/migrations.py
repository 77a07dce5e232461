"""The schema of the database, step by step.  A released step is never changed; the next one gets a new number."""

from __future__ import annotations

MIGRATIONS = (
    # 1: events, approvals, grants
    """
    create table event (
        id integer primary key autoincrement,
        time real not null,
        name text not null,
        data text not null
    );
    create table approval (
        id text primary key,
        created real not null,
        kind text not null,
        state text not null,
        agent text not null,
        session text not null,
        call_id text not null,
        digest text not null,
        tool text not null,
        risk text not null,
        rule text not null,
        project text not null,
        request text not null,
        expires real,
        settled real,
        surface text not null default '',
        device text not null default '',
        answer text not null default '{}',
        delivered real,
        unique (session, call_id, digest)
    );
    create index approval_state on approval (state, created);
    create index approval_session on approval (session, state);
    create table grant_ (
        id text primary key,
        created real not null,
        approval text not null,
        scope text not null,
        agent text not null,
        session text not null,
        project text not null,
        fingerprint text not null,
        title text not null,
        uses integer not null default 0,
        used real,
        revoked real
    );
    create index grant_fingerprint on grant_ (fingerprint, revoked);
    """,
    # 2: the page's key, devices, pairing codes, preferences; of every secret only a hash
    """
    create table owner_key (
        id integer primary key check (id = 1),
        made real not null,
        tag blob not null,
        salt blob not null,
        hash blob not null
    );
    create table device (
        id text primary key,
        session blob not null unique,
        name text not null,
        how text not null,
        created real not null,
        seen real not null
    );
    create table pairing (
        code blob primary key,
        expires real not null
    );
    create table preference (
        name text primary key,
        value text not null
    );
    """,
    # 3: where devices get their notifications
    """
    create table push_subscription (
        id text primary key,
        device text not null,
        name text not null,
        endpoint text not null unique,
        p256dh blob not null,
        auth blob not null,
        created real not null,
        success real,
        failure real,
        error text not null default ''
    );
    """,
    # 4: the audit, to be searched, and up to where it was read
    """
    create table audit_entry (
        id integer primary key autoincrement,
        seq integer not null,
        time text not null,
        session text not null,
        agent text not null,
        event text not null,
        tool text not null,
        verdict text not null,
        answered text not null,
        rule text not null,
        reason text not null,
        cwd text not null,
        text text not null,
        words text not null,
        approval text not null,
        surface text not null,
        hash text not null unique
    );
    create index audit_rule on audit_entry (rule);
    create index audit_session on audit_entry (session);
    create table audit_place (
        id integer primary key check (id = 1),
        inode integer not null,
        offset integer not null,
        hash text not null
    );
    """,
    # 5: when the agent was told to come back, and the yes that was given after the end
    """
    alter table approval add column left real;
    alter table approval add column again text;
    """,
    # 6: deadlines that no change of the date moves; the page's questions without a look at every approval there was
    """
    alter table approval add column deadline real;
    create index approval_settled on approval (settled);
    create index approval_created on approval (created);
    create index approval_history on approval (rule, tool, project, state);
    """,
)
