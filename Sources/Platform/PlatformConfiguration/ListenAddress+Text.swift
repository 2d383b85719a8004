import Foundation
import Glibc

extension ListenAddress: CustomStringConvertible {
    package var description: String { host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)" }

    /// Whether only programs on this machine reach it.
    package var isLoopback: Bool {
        if host.lowercased() == "localhost" { return true }
        if let bytes = Self.address(host, family: AF_INET, count: 4) { return bytes[0] == 127 }
        guard let bytes = Self.address(host, family: AF_INET6, count: 16) else { return false }
        let isMappedLoopback =
            bytes[0..<10].allSatisfy { $0 == 0 } && bytes[10...11] == [0xFF, 0xFF] && bytes[12] == 127
        return isMappedLoopback || bytes == Array(repeating: 0, count: 15) + [1]
    }

    init(parsing text: String) throws(Complaint) {
        let example = "write HOST:PORT, as in 127.0.0.1:7860 or [::1]:7860"
        guard let colon = text.lastIndex(of: ":"), colon != text.startIndex else {
            throw Complaint("\(quoted(text)) is no address to listen on: \(example)")
        }
        var host = String(text[..<colon])
        let digits = text[text.index(after: colon)...]
        guard !digits.isEmpty, digits.allSatisfy({ $0.isASCII && $0.isNumber }), let port = Int(digits),
            Limits.ports.contains(port)
        else { throw Complaint("\(quoted(String(digits))) is no port: write a number from 0 to 65535") }
        if host.hasPrefix("["), host.hasSuffix("]") {
            host = String(host.dropFirst().dropLast())
            guard Self.address(host, family: AF_INET6, count: 16) != nil else {
                throw Complaint("\(quoted(host)) is no IPv6 address: \(example)")
            }
        } else if host == "*" {
            throw Complaint("'*' is no address: write 0.0.0.0:\(port) for all of this machine's, or [::]:\(port)")
        } else if host.contains(":") {
            throw Complaint("\(quoted(text)) is ambiguous: write an IPv6 address in brackets, as in [::1]:7860")
        } else if Self.address(host, family: AF_INET, count: 4) == nil {
            let looksLikeNumbers = host.allSatisfy { $0.isNumber || $0 == "." }
            guard !looksLikeNumbers, HostName.isValid(host) else {
                throw Complaint("\(quoted(host)) is neither an address nor a host name: \(example)")
            }
        }
        self.init(host: host, port: port)
    }

    private static func address(_ text: String, family: Int32, count: Int) -> [UInt8]? {
        var bytes = [UInt8](repeating: 0, count: count)
        return inet_pton(family, text, &bytes) == 1 ? bytes : nil
    }
}

/// Names of hosts as DNS has them.
enum HostName {
    static func isValid(_ name: String) -> Bool {
        let labels = name.split(separator: ".", omittingEmptySubsequences: false)
        return name.utf8.count <= 253
            && labels.allSatisfy { label in
                (1...63).contains(label.utf8.count) && label.first != "-" && label.last != "-"
                    && label.utf8.allSatisfy { byte in
                        switch byte {
                        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"):
                            true
                        default: false
                        }
                    }
            }
    }
}

/// Addresses of remote APIs.
enum RemoteAddress {
    static func check(_ text: String) throws(Complaint) {
        let example = "write the API's address, as in https://api.example.com/v1"
        guard let parts = URLComponents(string: text), let scheme = parts.scheme?.lowercased(), let host = parts.host,
            !host.isEmpty
        else { throw Complaint("is no address: \(example)") }
        guard ["http", "https"].contains(scheme) else {
            throw Complaint("\(quoted(scheme)) is not spoken here: use http or https")
        }
        guard parts.user == nil, parts.password == nil else {
            throw Complaint("holds a user name or password: write key: { env: NAME } instead")
        }
        guard parts.query == nil, parts.fragment == nil else {
            throw Complaint("ends in a query or a fragment: \(example)")
        }
        if let port = parts.port, !(1...65_535).contains(port) { throw Complaint("\(port) is no port") }
    }
}
