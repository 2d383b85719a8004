/// The tables as they first shipped, written down once: files of users have them.
enum FirstSchema {
    static let sql = """
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
        """

    static let rows = """
        INSERT INTO chat VALUES (
          1, 'c1', 'ann', 'Hello', 0, 0, 1000, 1000, 'llama', '{"temperature":0.5}', 'm2', NULL
        );
        INSERT INTO message VALUES (
          1, 'm1', 'c1', NULL, 'user', 'Hello', 1000, NULL, 'done', NULL, NULL, NULL, NULL, NULL, NULL
        );
        INSERT INTO message VALUES (
          2, 'm2', 'c1', 'm1', 'assistant', '你好', 1000, 'llama', 'done', NULL, 'stop',
          '{"prompt":1,"cached":0,"completion":2}', '{"total":5}', 7, NULL
        );
        INSERT INTO search_entry VALUES (1, 'c1', 'm2');
        INSERT INTO search_token (rowid, scope, words, characters) VALUES (1, 'oannm', '你好', '你 好');
        INSERT INTO share VALUES (
          's1', 'c1', 'abcdefghijklmnopq', 'anyone', 1000, NULL, 1,
          '{"title":"Hello","model":"llama","messages":[{"role":"user","content":"Hello"}]}'
        );
        """
}
