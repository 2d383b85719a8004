/// Writes safetensors files for tests, sound ones and, where a test breaks a field on purpose, unsound ones.
package struct SafetensorsBuilder: Sendable {
    package struct Tensor: Sendable {
        package var name: String
        package var type: String
        /// Slowest first.
        package var shape: [Int]
        package var bytes: [UInt8]
        /// As the header shall say; nil: the true place.
        package var offsets: [Int]?

        package init(name: String, type: String, shape: [Int], bytes: [UInt8], offsets: [Int]? = nil) {
            self.name = name
            self.type = type
            self.shape = shape
            self.bytes = bytes
            self.offsets = offsets
        }
    }

    package var tensors: [Tensor] = []
    package var metadata = #""__metadata__":{"format":"pt"}"#
    /// The length that the file claims for its header; nil: the true one.
    package var claimedHeaderBytes: UInt64?

    package init() {}

    package func build() -> [UInt8] {
        var data: [UInt8] = []
        var members = metadata.isEmpty ? [] : [metadata]
        for tensor in tensors {
            let offsets = tensor.offsets ?? [data.count, data.count + tensor.bytes.count]
            data += tensor.bytes
            members.append(
                #""\#(tensor.name)":{"dtype":"\#(tensor.type)","shape":\#(tensor.shape),"data_offsets":\#(offsets)}"#)
        }
        return Self.file(header: "{" + members.joined(separator: ",") + "}", data, claimed: claimedHeaderBytes)
    }

    /// A file of any header and data.
    package static func file(header: String, _ data: [UInt8], claimed: UInt64? = nil) -> [UInt8] {
        var file: [UInt8] = []
        let text = Array(header.utf8)
        file.append(integer: claimed ?? UInt64(text.count))
        return file + text + data
    }
}
