internal import GRDB
internal import Storage

/// The tables of conversations, as they came to be.
enum ChatSchema {
    static let module = SchemaModule(name: "conversations", steps: [createTables])

    @Sendable private static func createTables(_ connection: Connection) throws {
        try createChats(connection)
        try createSearch(connection)
        try createShares(connection)
    }

    private static func createChats(_ connection: Connection) throws {
        try connection.execute(
            sql: """
                CREATE TABLE chat (
                  number INTEGER PRIMARY KEY AUTOINCREMENT,
                  id TEXT NOT NULL UNIQUE,
                  owner TEXT NOT NULL,
                  title TEXT NOT NULL,
                  title_origin INTEGER NOT NULL,
                  pinned INTEGER NOT NULL,
                  created INTEGER NOT NULL,
                  updated INTEGER NOT NULL,
                  model TEXT NOT NULL,
                  settings TEXT NOT NULL,
                  leaf TEXT,
                  -- When it was deleted; it is gone for good an hour later.
                  deleted INTEGER
                ) STRICT;
                CREATE INDEX chat_of_owner ON chat (owner, updated, number) WHERE deleted IS NULL;
                CREATE INDEX chat_deleted ON chat (deleted) WHERE deleted IS NOT NULL;
                -- `number` is the order in which messages came, which is the order of siblings.
                CREATE TABLE message (
                  number INTEGER PRIMARY KEY AUTOINCREMENT,
                  id TEXT NOT NULL UNIQUE,
                  chat TEXT NOT NULL REFERENCES chat (id) ON DELETE CASCADE,
                  parent TEXT,
                  role TEXT NOT NULL,
                  content TEXT NOT NULL,
                  created INTEGER NOT NULL,
                  model TEXT,
                  state TEXT NOT NULL,
                  error TEXT,
                  finish_reason TEXT,
                  usage TEXT,
                  timing TEXT,
                  seed INTEGER,
                  context_start TEXT
                ) STRICT;
                CREATE INDEX message_of_chat ON message (chat, number);
                CREATE INDEX message_of_parent ON message (parent, number) WHERE parent IS NOT NULL;
                CREATE INDEX message_open ON message (chat) WHERE state IN ('waiting', 'running');
                """)
    }

    /// What is found stands in tokens of our own making (see `SearchTokens`), separated by blanks: the `ascii`
    /// tokenizer takes them as they are, whatever characters they have, and another database can do the same.
    private static func createSearch(_ connection: Connection) throws {
        try connection.execute(
            sql: """
                -- A text that can be found: a message, or without one its chat's title.
                CREATE TABLE search_entry (
                  number INTEGER PRIMARY KEY AUTOINCREMENT,
                  chat TEXT NOT NULL REFERENCES chat (id) ON DELETE CASCADE,
                  message TEXT
                ) STRICT;
                CREATE INDEX search_entry_of_chat ON search_entry (chat, message);
                CREATE VIRTUAL TABLE search_token USING fts5 (
                  scope, words, characters, tokenize = 'ascii', prefix = '1'
                );
                CREATE TRIGGER search_entry_removed AFTER DELETE ON search_entry
                  BEGIN DELETE FROM search_token WHERE rowid = old.number; END;
                """)
    }

    private static func createShares(_ connection: Connection) throws {
        try connection.execute(
            sql: """
                CREATE TABLE share (
                  id TEXT PRIMARY KEY,
                  chat TEXT NOT NULL REFERENCES chat (id) ON DELETE CASCADE,
                  token TEXT NOT NULL,
                  audience TEXT NOT NULL,
                  created INTEGER NOT NULL,
                  expires INTEGER,
                  messages INTEGER NOT NULL,
                  snapshot TEXT NOT NULL
                ) STRICT;
                CREATE INDEX share_of_chat ON share (chat, created);
                -- Looked up by its beginning; the rest is compared in constant time.
                CREATE UNIQUE INDEX share_token ON share (substr(token, 1, 16));
                """)
    }
}
