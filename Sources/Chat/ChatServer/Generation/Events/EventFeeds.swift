/// Who watches, and what they have yet to be told.
///
/// Text that comes within a few milliseconds goes out as one event. A reader that falls so far behind that its buffer
/// is full loses its stream: it opens a new one, and gets what it missed as one snapshot.
struct EventFeeds {
    private struct Watcher {
        let account: String
        let session: String?
        let sink: AsyncStream<[UInt8]>.Continuation
    }
    private struct Pending {
        let account: String
        let chat: String
        let at: Int
        var text: String
    }

    private var watchers: [Int: Watcher] = [:]
    private var numbers = 0
    private var pending: [String: Pending] = [:]

    var isEmpty: Bool { watchers.isEmpty }
    var hasPending: Bool { !pending.isEmpty }

    func count(of account: String) -> Int { watchers.values.count { $0.account == account } }

    mutating func attach(
        account: String, session: String?, to sink: AsyncStream<[UInt8]>.Continuation
    ) -> Int {
        // What is in the snapshots must not come as text once more.
        flush()
        numbers += 1
        watchers[numbers] = Watcher(account: account, session: session, sink: sink)
        return numbers
    }

    mutating func detach(_ number: Int) { watchers[number]?.sink.finish(); watchers[number] = nil }

    mutating func add(_ text: String, at place: Int, message: String, chat: String, account: String) {
        guard count(of: account) > 0 else { return }
        if pending[message] == nil {
            pending[message] = Pending(account: account, chat: chat, at: place, text: text)
        } else {
            pending[message]?.text += text
        }
    }

    mutating func flush() {
        guard !pending.isEmpty else { return }
        let events = pending
        pending = [:]
        for (message, delta) in events {
            let event = SiteEvent.Delta(message: message, chat: delta.chat, at: delta.at, text: delta.text)
            deliver(SiteEvent.bytes("delta", event), to: delta.account)
        }
    }

    /// Tells an account something that is not text; text that came before it goes out before it.
    mutating func send(_ bytes: [UInt8], to account: String) {
        flush()
        deliver(bytes, to: account)
    }

    mutating func sendAll(_ bytes: [UInt8]) {
        flush()
        for number in watchers.keys { yield(bytes, to: number) }
    }

    mutating func send(_ bytes: [UInt8], toWatcher number: Int) { yield(bytes, to: number) }

    /// Ends the streams of an account, or of one of its sessions; nil: all streams.
    mutating func end(account: String? = nil, session: String? = nil, saying bytes: [UInt8]? = nil) {
        flush()
        for (number, watcher) in watchers {
            guard account == nil || watcher.account == account, session == nil || watcher.session == session else {
                continue
            }
            if let bytes { yield(bytes, to: number) }
            detach(number)
        }
    }

    private mutating func deliver(_ bytes: [UInt8], to account: String) {
        for (number, watcher) in watchers where watcher.account == account { yield(bytes, to: number) }
    }

    private mutating func yield(_ bytes: [UInt8], to number: Int) {
        guard let watcher = watchers[number] else { return }
        if case .enqueued = watcher.sink.yield(bytes) { return }
        detach(number)
    }
}
