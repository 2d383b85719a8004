import Control
import NIOCore
import NIOHTTP1
import OpenAIAPI

/// Sending the request to an instance.
extension ModelCall {
    func ask(_ endpoint: Endpoint) {
        phase = .connecting
        lastUpstream = .now()
        stream.prepare(isNative: endpoint.isResumable)
        held.clear()
        if let connection = loop.pool.takeIdle(endpoint) {
            send(on: connection)
        } else {
            connect(endpoint)
        }
    }

    func connect(_ endpoint: Endpoint) {
        phase = .connecting
        connectionNumber += 1
        let number = connectionNumber
        loop.pool.connect(endpoint, timeout: loop.settings.options.timeouts.connect) { [weak self, loop] result in
            guard let self, case .connecting = self.phase, self.connectionNumber == number else {
                if case .success(let connection) = result { loop.pool.release(connection) }
                return
            }
            switch result {
            case .success(let connection): self.send(on: connection)
            case .failure(let loss): self.upstreamLost(loss)
            }
        }
    }

    private func send(on connection: UpstreamConnection) {
        let endpoint = connection.endpoint
        let body = body(for: endpoint)
        upstream = connection
        phase = .asked
        lastUpstream = .now()
        if !exchange.isWritable { connection.setPaused(true) }
        let head = HTTPRequestHead(
            version: .http1_1, method: exchange.method, uri: endpoint.basePath + exchange.path,
            headers: UpstreamHeaders.make(exchange, endpoint, bodyBytes: body.readableBytes))
        connection.send(head, body, for: self)
    }

    private func body(for endpoint: Endpoint) -> ByteBuffer {
        var splice = BodySplice(fields)
        if let name = endpoint.modelName { splice.setModel(name) }
        if generates {
            splice.fillIn(route.defaults)
            if endpoint.isResumable {
                splice.add(
                    BodySplice.Native(
                        created: created, seed: seed,
                        tenant: route.sharesPrefixCache ? nil : exchange.tenantName,
                        asksForTokens: fields.isStreamed, resume: stream.resume))
            }
        }
        return splice.apply(to: body, allocator: exchange.allocator)
    }
}

/// The headers that an instance gets.
enum UpstreamHeaders {
    static func make(_ exchange: Exchange, _ endpoint: Endpoint, bodyBytes: Int) -> HTTPHeaders {
        var headers = HTTPHeaders()
        headers.reserveCapacity(exchange.headers.count + 4)
        headers.add(name: "host", value: host(endpoint))
        for (name, value) in exchange.headers where !isKept(back: name) { headers.add(name: name, value: value) }
        headers.add(name: "x-request-id", value: exchange.id)
        headers.add(name: "content-length", value: String(bodyBytes))
        if let bearer = endpoint.bearer { headers.add(name: "authorization", value: "Bearer \(bearer)") }
        return headers
    }

    private static func host(_ endpoint: Endpoint) -> String {
        switch endpoint.address {
        case .unix: "localhost"
        case .tcp(let host, let port):
            port == (endpoint.isSecure ? 443 : 80) ? host : host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)"
        }
    }

    /// Hop-by-hop headers, the client's secrets, what we write ourselves, and `accept-encoding`: a compressed stream
    /// could not be continued.
    private static func isKept(back name: String) -> Bool {
        switch name.utf8.count {
        case 2: name.isSame("te")
        case 4: name.isSame("host")
        case 6: name.isSame("cookie") || name.isSame("expect") || name.isSame("origin")
        case 7: name.isSame("upgrade") || name.isSame("trailer") || name.isSame("api-key")
        case 9: name.isSame("x-api-key") || name.isSame("forwarded")
        case 10: name.isSame("connection") || name.isSame("keep-alive")
        case 12: name.isSame("x-request-id")
        case 13: name.isSame("authorization")
        case 14: name.isSame("content-length") || name.isSame("x-pronk-caller")
        case 15: name.isSame("accept-encoding")
        case 16: name.isSame("proxy-connection")
        case 17: name.isSame("transfer-encoding")
        case 19: name.isSame("proxy-authorization")
        default: false
        }
    }
}

extension String {
    /// Equal but for the case of ASCII letters; `lowercase` has none in upper case.
    func isSame(_ lowercase: StaticString) -> Bool {
        guard utf8.count == lowercase.utf8CodeUnitCount else { return false }
        return lowercase.withUTF8Buffer { expected in
            zip(utf8, expected).allSatisfy { byte, expected in
                (0x41...0x5A ~= byte ? byte | 0x20 : byte) == expected
            }
        }
    }
}
