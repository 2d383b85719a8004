import FoundationEssentials
import TestSupport

/// Writes small sound files of Hugging Face folders for the fuzzers to start from.
@main
enum FolderSeeds {
    static func main() throws {
        let folder = CommandLine.arguments[1], isConfiguration = CommandLine.arguments[2] == "configuration"
        for (number, bytes) in (isConfiguration ? configurations : files).enumerated() {
            try Data(bytes).write(to: URL(filePath: "\(folder)/\(number)"))
        }
    }

    private static let quantization = [
        #"{"bits":4,"group_size":128,"desc_act":false,"sym":true,"quant_method":"gptq","checkpoint_format":"gptq"}"#,
        #"{"w_bit":8,"q_group_size":-1,"pack_dtype":"int32","dynamic":{"-:a":{}},"is_marlin_format":false}"#,
        #"{"version":"GEMM","w_bit":4,"q_group_size":128,"zero_point":true}"#,
    ]

    private static var configurations: [[UInt8]] {
        var llama = TinyFolder(), qwen = TinyFolder(architecture: .qwen2)
        llama.configuration["rope_scaling"] =
            #"{"factor":8.0,"low_freq_factor":1.0,"high_freq_factor":4.0,"original_max_position_embeddings":64,"#
            + #""rope_type":"llama3"}"#
        llama.configuration["head_dim"] = "16"
        qwen.configuration["rope_parameters"] = #"{"rope_theta":1e6,"rope_type":"yarn","factor":4}"#
        qwen.configuration["layer_types"] = #"["full_attention"]"#
        qwen.configuration["quantization_config"] = quantization[0]
        return [llama, qwen].map { Array($0.configurationText.utf8) }
            + quantization.map { Array(TinyFolder().configurationText.utf8) + [0] + Array($0.utf8) }
    }

    private static var files: [[UInt8]] {
        var files: [[UInt8]] = []
        for choice: UInt8 in [0, 1, 2, 8, 16, 32, 96] {
            var tiny = TinyFolder()
            let module = "model.layers.0.mlp.down_proj"
            let groups = choice == 8 ? (0..<96).map { Int32($0 % 3) } : nil
            tiny.quantize(
                module, bits: choice & 1 == 0 ? 4 : 8, groupSize: choice & 2 == 0 ? 32 : 96,
                storedZero: choice & 1 == 0 ? 0x7777_7777 : 0x7F7F_7F7F, groups: groups)
            var builder = SafetensorsBuilder()
            builder.tensors = tiny.tensors.filter { $0.name.hasPrefix(module) || $0.shape.count == 1 }
            files.append([choice] + builder.build())
        }
        return files
    }
}
