extension TinyModel {
    /// Every tensor type, both architectures, tied and untied, with and without RoPE divisors.
    package static var variants: [TinyModel] {
        let types: [UInt32] = [0, 1, 30, 2, 3, 6, 7, 8, 12, 13, 14]
        return types.enumerated().map { index, type in
            var model = TinyModel(
                type: type, architecture: index % 2 == 0 ? .llama : .qwen2, seed: UInt64(100 + index))
            model.tiedEmbeddings = index % 3 == 0
            model.hasRopeFactors = index % 4 == 0
            return model
        }
    }
}

extension TinyModel: CustomStringConvertible {
    package var description: String { "\(architecture) of type \(type)" }
}
