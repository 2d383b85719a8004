package import NIOCore
import OpenAIAPI

/// Makes the body that an instance gets out of the one that the client sent: copied but for the fields that change.
package struct BodySplice {
    /// Fields for a native engine alone.
    struct Native {
        /// Seconds since 1970; the same for every instance that gets the request.
        var created: Int
        /// Drawn by the gateway where the client gave none.
        var seed: Int
        /// Whose prompts must not be told from others' by the time of an answer; nil: all trust each other.
        var tenant: String?
        /// Token ids are asked for in the stream.
        var asksForTokens: Bool
        /// The continuation of a stream, as JSON; nil at its beginning.
        var resume: [UInt8]?
    }

    private struct Edit {
        var range: Range<Int>
        var value: [UInt8]
    }

    private let fields: CallFields
    private var edits: [Edit] = []
    private var added: [UInt8] = []

    package init(_ fields: CallFields) { self.fields = fields }

    package mutating func setModel(_ name: String) {
        var value: [UInt8] = []
        if fields.isForm { value += name.utf8 } else { value.append(jsonString: name) }
        if let range = fields.modelExtent { edits.append(Edit(range: range, value: value)) }
    }

    package mutating func fillIn(_ defaults: ServiceRoute.Defaults) {
        let hasOtherLimit = fields.maxCompletionTokens.map { !$0.isNull } ?? false
        if let maxTokens = defaults.maxTokens, !hasOtherLimit {
            fillIn("max_tokens", "\(maxTokens)", at: fields.maxTokens)
        }
        if let temperature = defaults.temperature { fillIn("temperature", "\(temperature)", at: fields.temperature) }
        if let topP = defaults.topP { fillIn("top_p", "\(topP)", at: fields.topP) }
    }

    mutating func add(_ native: Native) {
        fillIn("seed", "\(native.seed)", at: fields.seed)
        added.append(literal: ",\"pronk\":{\"created\":")
        added.append(decimal: native.created)
        if let tenant = native.tenant {
            added.append(literal: ",\"tenant\":")
            added.append(jsonString: tenant)
        }
        if native.asksForTokens { added.append(literal: ",\"tokens\":true") }
        if let resume = native.resume {
            added.append(literal: ",\"resume\":")
            added.append(contentsOf: resume)
        }
        added.append(UInt8(ascii: "}"))
    }

    package func apply(to body: ByteBuffer, allocator: ByteBufferAllocator) -> ByteBuffer {
        if edits.isEmpty && added.isEmpty { return body }
        let growth = edits.reduce(added.count) { $0 + $1.value.count }
        var result = allocator.buffer(capacity: body.readableBytes + growth)
        var position = 0
        func copy(to end: Int) {
            if let slice = body.getSlice(at: body.readerIndex + position, length: end - position) {
                result.writeImmutableBuffer(slice)
            }
            position = end
        }
        for edit in edits.sorted(by: { $0.range.lowerBound < $1.range.lowerBound }) {
            copy(to: edit.range.lowerBound)
            result.writeBytes(edit.value)
            position = edit.range.upperBound
        }
        if fields.isForm {
            copy(to: body.readableBytes)
            return result
        }
        copy(to: fields.closingBrace)
        result.writeBytes(added)
        result.writeInteger(UInt8(ascii: "}"))
        return result
    }

    /// A field that is there has its say, unless it is null.
    private mutating func fillIn(_ name: StaticString, _ value: String, at extent: CallFields.Extent?) {
        if let extent {
            if extent.isNull { edits.append(Edit(range: extent.range, value: Array(value.utf8))) }
            return
        }
        added.append(literal: ",\"")
        added.append(literal: name)
        added.append(literal: "\":")
        added.append(contentsOf: value.utf8)
    }
}
