/// Makes valid UTF-8 of bytes that come one by one: each maximal broken part becomes one U+FFFD.
///
/// The same text comes out as from Python's `errors="replace"` and the WHATWG decoder, however the bytes are chunked.
struct UTF8Repair {
    /// The bytes of the character that is not complete, lowest byte first, and how many.
    private var held: UInt32 = 0
    private var heldCount = 0
    /// How many bytes it still lacks.
    private var missing = 0
    /// What the next byte may be: narrower after some first bytes, against overlong forms, surrogates and > U+10FFFF.
    private var lowest: UInt8 = 0x80
    private var highest: UInt8 = 0xBF

    /// Passes on what `byte` completes.
    @inline(__always)
    mutating func append(_ byte: UInt8, to emit: (UInt8) -> Void) {
        if missing > 0 {
            if byte >= lowest, byte <= highest {
                lowest = 0x80
                highest = 0xBF
                missing -= 1
                if missing > 0 {
                    hold(byte)
                } else {
                    for index in 0..<heldCount { emit(UInt8(truncatingIfNeeded: held >> UInt32(8 * index))) }
                    emit(byte)
                    reset()
                }
                return
            }
            finish(to: emit)
        }
        switch byte {
        case 0x00...0x7F: emit(byte)
        case 0xC2...0xDF: begin(byte, lacking: 1)
        case 0xE0: begin(byte, lacking: 2, lowest: 0xA0)
        case 0xED: begin(byte, lacking: 2, highest: 0x9F)
        case 0xE1...0xEF: begin(byte, lacking: 2)
        case 0xF0: begin(byte, lacking: 3, lowest: 0x90)
        case 0xF1...0xF3: begin(byte, lacking: 3)
        case 0xF4: begin(byte, lacking: 3, highest: 0x8F)
        default: emitReplacement(to: emit)
        }
    }

    /// Replaces an incomplete character at the end.
    mutating func finish(to emit: (UInt8) -> Void) {
        if missing > 0 { emitReplacement(to: emit) }
        reset()
    }

    private mutating func begin(_ byte: UInt8, lacking count: Int, lowest: UInt8 = 0x80, highest: UInt8 = 0xBF) {
        hold(byte)
        missing = count
        self.lowest = lowest
        self.highest = highest
    }

    private mutating func hold(_ byte: UInt8) {
        held |= UInt32(byte) << UInt32(8 * heldCount)
        heldCount += 1
    }

    private mutating func reset() {
        self = UTF8Repair()
    }

    private func emitReplacement(to emit: (UInt8) -> Void) {
        emit(0xEF)
        emit(0xBF)
        emit(0xBD)
    }
}
