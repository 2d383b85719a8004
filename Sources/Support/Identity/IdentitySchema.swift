internal import GRDB
internal import Storage

/// The tables of keys, accounts, sessions and invitations.
///
/// One module for all, since one file holds them: a command that opens it for its keys alone brings the accounts'
/// tables along, and no version of Pronk meets a file that is half new.
enum IdentitySchema {
    static let module = SchemaModule(
        name: "identity",
        steps: [
            { try $0.execute(sql: keys) },
            { try $0.execute(sql: accounts) },
        ])

    private static let keys = """
        CREATE TABLE api_key (
          id TEXT PRIMARY KEY,
          digest BLOB NOT NULL UNIQUE,
          name TEXT NOT NULL,
          scopes TEXT NOT NULL,
          requests_per_minute INTEGER,
          created INTEGER NOT NULL,
          last_used INTEGER,
          expires INTEGER,
          revoked INTEGER
        ) STRICT;
        CREATE UNIQUE INDEX api_key_name ON api_key (name) WHERE revoked IS NULL;
        -- Tells every process that it has to read the keys again. Triggers, so that no statement
        -- forgets it; a use of a key is no change.
        CREATE TABLE api_key_revision (number INTEGER NOT NULL) STRICT;
        INSERT INTO api_key_revision VALUES (0);
        CREATE TRIGGER api_key_added AFTER INSERT ON api_key
          BEGIN UPDATE api_key_revision SET number = number + 1; END;
        CREATE TRIGGER api_key_removed AFTER DELETE ON api_key
          BEGIN UPDATE api_key_revision SET number = number + 1; END;
        CREATE TRIGGER api_key_changed AFTER UPDATE OF
          digest, name, scopes, requests_per_minute, expires, revoked ON api_key
          BEGIN UPDATE api_key_revision SET number = number + 1; END;
        """

    /// All times are in seconds since 1970.
    private static let accounts = """
        CREATE TABLE account (
          id TEXT PRIMARY KEY,
          name TEXT NOT NULL,
          -- The name as it is compared.
          folded_name TEXT NOT NULL UNIQUE,
          display_name TEXT NOT NULL,
          role TEXT NOT NULL CHECK (role IN ('admin', 'user')),
          -- As scrypt gives it, with its parameters and its salt.
          password TEXT NOT NULL,
          is_disabled INTEGER NOT NULL DEFAULT 0,
          preferences TEXT NOT NULL DEFAULT '{}',
          created INTEGER NOT NULL,
          last_seen INTEGER,
          -- When its removal began; what belongs to it elsewhere may still be there.
          removal INTEGER
        ) STRICT;
        CREATE TABLE account_session (
          id TEXT PRIMARY KEY,
          digest BLOB NOT NULL UNIQUE,
          account TEXT NOT NULL REFERENCES account (id) ON DELETE CASCADE,
          created INTEGER NOT NULL,
          last_used INTEGER NOT NULL,
          agent TEXT NOT NULL,
          address TEXT NOT NULL
        ) STRICT;
        CREATE INDEX account_session_account ON account_session (account);
        CREATE INDEX account_session_last_used ON account_session (last_used);
        CREATE TABLE account_invitation (
          id TEXT PRIMARY KEY,
          digest BLOB NOT NULL UNIQUE,
          note TEXT NOT NULL,
          created INTEGER NOT NULL,
          expires INTEGER NOT NULL,
          -- With an account goes the invitation that it came by, so that nothing of it remains.
          used_by TEXT REFERENCES account (id) ON DELETE CASCADE
        ) STRICT;
        CREATE INDEX account_invitation_used_by ON account_invitation (used_by);
        CREATE TABLE account_settings (
          only INTEGER PRIMARY KEY CHECK (only = 1),
          sign_up TEXT NOT NULL,
          -- Of the link by which the first administrator is made.
          setup_digest BLOB
        ) STRICT;
        INSERT INTO account_settings VALUES (1, 'invitation', NULL);
        """
}
