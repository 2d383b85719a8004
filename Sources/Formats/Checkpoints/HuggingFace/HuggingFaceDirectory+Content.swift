import Tokenization

extension HuggingFaceDirectory {
    package func content() throws(CheckpointError) -> CheckpointContent {
        do {
            return try readContent()
        } catch {
            throw error.message.hasPrefix(path) ? error : error.in(path)
        }
    }

    private func readContent() throws(CheckpointError) -> CheckpointContent {
        guard let config = text(Self.configName) else {
            throw CheckpointError(.missingMetadata, "it has no config.json")
        }
        var (configuration, gptq) = try HuggingFaceShape.read(config, quantization: text(Self.quantizationName))
        var weights = try CheckpointWeights(tensors, configuration, gptq)
        if gptq != nil { configuration.tiedEmbeddings = try weights.quantizeHead() }
        let text = try tokenizerText(rows: configuration.vocabularySize)
        return CheckpointContent(
            configuration: configuration, tokenizer: text.tokenizer, chatTemplate: text.chatTemplate,
            samplingDefaults: text.samplingDefaults, tensors: weights.bySlot, rotaryPairs: .halves,
            quantization: weights.quantization)
    }

    private func tokenizerText(rows: Int) throws(CheckpointError) -> HuggingFaceText {
        var bytes: [String: [UInt8]] = [:]
        for name in HuggingFaceText.fileNames {
            // What is too large is cut, so that it is refused and costs no memory.
            if let text = text(name) { bytes[name] = Array(text.prefix(HuggingFaceText.largestFileBytes + 1)) }
        }
        do throws(TokenizerError) {
            return try HuggingFaceText(files: bytes, vocabularySize: rows)
        } catch {
            throw CheckpointError(.unsupportedTokenizer, error.message)
        }
    }
}
