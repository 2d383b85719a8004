import NIOCore

/// Cuts a stream of server-sent events into blocks: whole ones, up to and with their blank line.
///
/// A block is the unit of what a client gets. What an instance wrote of a block before it died is thrown away, so a
/// stream can go on, or end with an error, without half an event before it.
struct EventBlocks {
    private var pending = ByteBuffer()
    /// Bytes of `pending` that have no blank line in them.
    private var scanned = 0

    mutating func append(_ buffer: ByteBuffer) {
        if pending.readableBytes == 0 {
            pending = buffer
            scanned = 0
        } else {
            // Room of blocks long gone, or the buffer would grow with the stream.
            pending.discardReadBytes()
            pending.writeImmutableBuffer(buffer)
        }
    }

    /// Bytes of a block that has not ended.
    var pendingBytes: Int { pending.readableBytes }

    mutating func next() -> ByteBuffer? {
        guard let end = Self.end(of: pending.readableBytesUInt8Span, from: scanned) else {
            // The last line end may be the first of two.
            scanned = max(0, pending.readableBytes - 2)
            return nil
        }
        scanned = 0
        return pending.readSlice(length: end)
    }

    mutating func removeAll() { self = EventBlocks() }

    /// A blank line is two line ends, each with or without a carriage return.
    private static func end(of bytes: Span<UInt8>, from start: Int) -> Int? {
        var index = start
        while index < bytes.count {
            if bytes[index] == UInt8(ascii: "\n") {
                if index + 1 < bytes.count, bytes[index + 1] == UInt8(ascii: "\n") { return index + 2 }
                if bytes.holds("\r\n", at: index + 1) { return index + 3 }
            }
            index += 1
        }
        return nil
    }
}
