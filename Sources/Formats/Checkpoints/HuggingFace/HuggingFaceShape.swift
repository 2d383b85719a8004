/// Reads what the two small JSON files of a checkpoint's folder say about its weights, without the weights.
package enum HuggingFaceShape {
    /// The shape and, for a quantised checkpoint, the parameters that the files describe.
    static func read(
        _ config: UnsafeRawBufferPointer, quantization: UnsafeRawBufferPointer?
    ) throws(CheckpointError) -> (configuration: ModelConfiguration, gptq: GPTQParameters?) {
        let file = try ConfigurationFile.decode(HuggingFaceConfiguration.self, config, "config.json")
        // Where both are there, they say the same; the first is what transformers reads.
        let separate = try quantization.map { (json) throws(CheckpointError) in
            try ConfigurationFile.decode(QuantizationConfiguration.self, json, "quantize_config.json")
        }
        return (try file.modelConfiguration(), try (file.quantization ?? separate)?.gptq())
    }

    /// The same for a person: the shape, and the name of the quantisation.
    package static func description(
        config: UnsafeRawBufferPointer, quantization: UnsafeRawBufferPointer? = nil
    ) throws(CheckpointError) -> (configuration: ModelConfiguration, quantization: String?) {
        let (configuration, gptq) = try read(config, quantization: quantization)
        return (configuration, gptq?.name)
    }
}
