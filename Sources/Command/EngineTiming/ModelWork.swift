package import Checkpoints
import Kernels

/// What a forward pass must read and compute, counted from the model's shapes: the least that any engine could do.
package struct ModelWork: Sendable, Codable, Equatable {
    /// Bytes of all matrices that a step reads once, whatever the number of sequences.
    package var weightBytes: Int
    /// Operations a token in the layers' matrices; a multiplication and its addition are two.
    package var layerOperations: Double
    /// The same in the output matrix, for tokens whose successor is drawn.
    package var outputOperations: Double
    /// Operations of attention for each token that another one sees.
    package var attentionOperations: Double
    /// Bytes of keys and values for each token that another one sees.
    package var kvBytes: Int

    /// - Parameter kvBytes: what the engine stores for a token.
    package init(image: PackedImage, kvBytes: Int) {
        self.kvBytes = kvBytes
        let shape = image.configuration
        var bytes = 0
        var layers = 0.0
        var output = 0.0
        for (name, matrix) in image.matrices {
            let operations = 2 * Double(matrix.rows) * Double(matrix.columns)
            let isEmbedding = name == "token_embd.weight"
            // An embedding of its own is looked up row by row; a tied one is the output matrix too.
            if isEmbedding && !shape.tiedEmbeddings { continue }
            bytes += PackedMatrix.byteCount(format: matrix.format, rows: matrix.rows, columns: matrix.columns)
            if isEmbedding || name == "output.weight" { output += operations } else { layers += operations }
        }
        weightBytes = bytes
        layerOperations = layers
        outputOperations = output
        attentionOperations = Double(4 * shape.layerCount * shape.queryWidth)
    }

    /// Operations to read a prompt and draw the first token: each token sees itself and those before it.
    package func prefillOperations(tokens: Int) -> Double {
        let count = Double(tokens)
        return count * layerOperations + outputOperations + attentionOperations * count * (count + 1) / 2
    }

    /// Operations of one step of `sequences` that see `context` tokens each.
    package func stepOperations(sequences: Int, context: Double) -> Double {
        Double(sequences) * (layerOperations + outputOperations + attentionOperations * context)
    }

    /// Bytes that the same step reads.
    package func stepBytes(sequences: Int, context: Double) -> Double {
        Double(weightBytes) + Double(sequences * kvBytes) * context
    }
}
