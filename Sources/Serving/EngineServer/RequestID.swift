import HTTPTypes

/// The id under which a request stands in answers, errors and logs.
enum RequestID {
    /// The caller's own id if it is fit to be repeated in headers and logs, a new one otherwise.
    static func of(_ head: HTTPRequest) -> String {
        if let given = head.headerFields[.requestID], isFit(given) { return given }
        let number = UInt64.random(in: .min ... .max)
        let digits = String(number, radix: 16)
        return "req-" + String(repeating: "0", count: 16 - digits.count) + digits
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
