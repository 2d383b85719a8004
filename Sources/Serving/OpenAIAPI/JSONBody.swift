import FoundationEssentials

/// Reads and writes whole JSON bodies.
package enum JSONBody {
    /// Reads a request; every failure is an error that the caller can act on.
    package static func decode<Body: Decodable>(_ type: Body.Type, from bytes: some Sequence<UInt8>) throws(APIError)
        -> Body
    {
        let data = Data(bytes)
        do {
            return try JSONDecoder().decode(type, from: data)
        } catch let error as APIError {
            throw error
        } catch {
            throw fault(in: data)
        }
    }

    /// The error that says what is wrong with a text that is no JSON.
    package static func fault(in text: some Sequence<UInt8>) -> APIError {
        let text = Array(text)
        guard !text.isEmpty else {
            return APIError(.invalidJSON, "The request has no body: send a JSON object.")
        }
        guard let fault = JSONFault.find(in: text) else {
            return APIError(.invalidJSON, "The request body is not valid JSON: it must be UTF-8.")
        }
        return APIError(
            .invalidJSON,
            "The request body is not valid JSON: line \(fault.line), column \(fault.column) should have "
                + "\(fault.expected)."
        )
    }

    /// Writes an answer with its keys sorted, so that equal answers are equal bytes.
    package static func encode(_ body: some Encodable) throws -> [UInt8] {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return try [UInt8](encoder.encode(body))
    }
}
