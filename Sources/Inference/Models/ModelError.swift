/// Why a model cannot be run.
package struct ModelError: Error, Sendable, CustomStringConvertible {
    package enum Code: String, Sendable {
        case unsupportedShape = "unsupported_shape"
        case wrongWeights = "wrong_weights"
        /// The model cannot be stretched so.
        case unsupportedScaling = "unsupported_scaling"
        case outOfMemory = "out_of_memory"
    }
    package var code: Code
    package var message: String

    package init(_ code: Code, _ message: String) {
        self.code = code
        self.message = message
    }

    package var description: String { message }
}
