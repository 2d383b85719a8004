import NIOHTTP1

/// The id under which a request stands in answers, errors and logs.
enum RequestName {
    /// The caller's own id if it is fit to be repeated in headers and logs, a new one otherwise.
    static func of(_ headers: HTTPHeaders, _ random: inout SplitMix) -> String {
        if let given = headers.first(name: "x-request-id"), isFit(given) { return given }
        let number = random.next()
        return String(unsafeUninitializedCapacity: 20) { target in
            var length = 0
            for byte in "req-".utf8 {
                target[length] = byte
                length += 1
            }
            for shift in stride(from: 60, through: 0, by: -4) {
                let digit = UInt8(truncatingIfNeeded: number >> UInt64(shift)) & 0xF
                target[length] = digit < 10 ? UInt8(ascii: "0") + digit : UInt8(ascii: "a") + digit - 10
                length += 1
            }
            return length
        }
    }

    private static func isFit(_ id: String) -> Bool {
        1...Limits.requestIDCharacters ~= id.utf8.count
            && id.utf8.allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                    UInt8(ascii: "0")...UInt8(ascii: "9"):
                    true
                default: "-_.:/+=@".utf8.contains(byte)
                }
            }
    }
}
